import type { Work } from '@oodgrid/contract';
import type { ImageSize } from '../dataset.js';
import type { Draws } from './draws.js';

/** A kind of images made from a seed: one file of this shape, and a line in the catalog. */
export interface SyntheticKind {
  readonly name: string;
  readonly title: string;
  /** The work that proposed it for OOD detection, where there is one. */
  readonly cites?: Work;
  /** Whether it changes the images of another set; otherwise it draws its own. */
  readonly changes: boolean;
  /** Separates its random words from those of the other kinds; never changed, or the images would be others. */
  readonly stream: number;
  /**
   * Prepares images of that size; the function that it returns makes one: `image` [h, w, c] holds the image to change, or zeros, and
   * `index` is its place in the set. Throws `invalid-input` for a size that the kind cannot have.
   */
  prepare(
    size: ImageSize,
    draws: Pick<Draws, 'ofSet' | 'ofImage'>,
  ): (image: Uint8Array, index: number) => void;
}

/** Of noise as a test of OOD detectors. */
export const OUTLIER_EXPOSURE: Work = {
  authors: 'Dan Hendrycks and Mantas Mazeika and Thomas Dietterich',
  title: 'Deep Anomaly Detection with Outlier Exposure',
  year: 2019,
  proceedings: 'International Conference on Learning Representations',
  arxiv: '1812.04606',
};
