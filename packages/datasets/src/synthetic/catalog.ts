import type { SyntheticKind } from './kind.js';
import { blobs } from './kinds/blobs.js';
import { gaussian } from './kinds/gaussian.js';
import { inverted } from './kinds/inverted.js';
import { permutedPixels } from './kinds/permuted-pixels.js';
import { rademacher } from './kinds/rademacher.js';
import { rotated } from './kinds/rotated.js';
import { shuffledPatches } from './kinds/shuffled-patches.js';
import { uniform } from './kinds/uniform.js';

/** Every kind of synthetic images. A new one is one file and one line here. */
export const SYNTHETIC_KINDS: readonly SyntheticKind[] = [
  uniform,
  gaussian,
  rademacher,
  blobs,
  inverted,
  rotated,
  permutedPixels,
  shuffledPatches,
];
