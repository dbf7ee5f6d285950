import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OodError } from '@oodgrid/contract';
import type { Kernels } from '@oodgrid/models';
import { z } from 'zod';
import { loadNative } from './native.js';
import { numericsClass } from './numerics-class.js';
import { numericsProbe } from './numerics-probe.js';
import { portableKernels } from './portable-kernels.js';
import { loadWasm } from './wasm.js';

export interface Engine {
  readonly kind: 'tensorflow' | 'wasm';
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  /** Two engines of one class give the same bits; part of every cache key. */
  readonly numericsClass: string;
  readonly kernels: Kernels;
}

export interface EngineOptions {
  /** Folder under which the set-up keeps `engine/`. */
  readonly cacheDir: string;
  /** Folder of native engines where they lie elsewhere, as in an image, whose cache is empty and its own. */
  readonly enginesDir?: string | undefined;
  /** `wasm` skips the native engine even where it is installed. */
  readonly prefer?: 'native' | 'wasm';
  readonly log: (line: string) => void;
}

const pointerSchema = z.object({ key: z.string().regex(/^[\w.+-]+$/) });

/** Folder of the installed native engine, or undefined when the set-up has not built one. */
function nativeEngineFolder(root: string, variant: 'cpu' | 'gpu'): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(root, `current-${variant}.json`), 'utf8');
  } catch {
    return undefined;
  }
  const pointer = pointerSchema.safeParse(JSON.parse(text));
  return pointer.success ? join(root, pointer.data.key) : undefined;
}

/**
 * Loads native TensorFlow, or WebAssembly where it is not installed. The process must have been started
 * with `workerEnvironment()`. Throws `engine-missing` when neither loads.
 */
export async function loadEngine(options: EngineOptions): Promise<Engine> {
  const root = options.enginesDir ?? join(options.cacheDir, 'engine');
  const folder = nativeEngineFolder(root, 'gpu') ?? nativeEngineFolder(root, 'cpu');
  if (options.prefer !== 'wasm' && folder !== undefined) {
    try {
      return nativeEngine(folder);
    } catch (error) {
      options.log(
        `${OodError.from(error).message} Going on with WebAssembly: about 10x slower forward, 20x on gradients.`,
      );
    }
  }
  const version = await loadWasm();
  const facts = {
    kind: 'wasm',
    version,
    device: 'cpu',
    threads: '1',
    isOneDnnOn: false,
    probe: numericsProbe(),
  } as const;
  return { ...facts, numericsClass: numericsClass(facts), kernels: portableKernels };
}

function nativeEngine(folder: string): Engine {
  const native = loadNative(folder);
  const facts = {
    kind: 'tensorflow',
    version: native.version,
    device: native.isGpu ? 'gpu' : 'cpu',
    threads: process.env.TF_NUM_INTRAOP_THREADS ?? 'all',
    isOneDnnOn: process.env.TF_ENABLE_ONEDNN_OPTS !== '0',
    probe: numericsProbe(),
  } as const;
  return { ...facts, numericsClass: numericsClass(facts), kernels: native.kernels };
}
