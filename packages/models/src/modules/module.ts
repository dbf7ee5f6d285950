import type { Layer } from '../layers/layer.js';
import type { WeightReader } from '../weights.js';

/** Shape of one sample: [h, w, c], or [units]. */
export type SampleShape = readonly number[];

/** Shape of each tensor that is read, by its PyTorch name. */
export type Parameters = ReadonlyMap<string, readonly number[]>;

/** Sizes of a pass of one sample, known without computing it. */
export interface ModuleSize {
  readonly output: SampleShape;
  /** float32 numbers that a traced pass keeps. */
  readonly values: number;
}

/**
 * A part of an architecture as it is written down, with PyTorch's names and layouts: what it reads, what it returns, and how it becomes
 * a layer. Nothing is computed until `build`.
 */
export interface Module {
  readonly parameters: Parameters;
  /** Throws a RangeError where the input does not fit. */
  size(input: SampleShape): ModuleSize;
  build(reader: WeightReader): Layer;
}

export const NO_PARAMETERS: Parameters = new Map();

export const product = (shape: readonly number[]): number => shape.reduce((all, size) => all * size, 1);

/** The size of a module that keeps its output alone. */
export const sizeOf = (output: SampleShape): ModuleSize => ({ output, values: product(output) });

/** Throws where a module is not where it can be. */
export function requireChannels(what: string, input: SampleShape, rank: number, channels?: number): void {
  const last = input.at(-1);
  if (input.length === rank && (channels === undefined || last === channels)) return;
  const wanted = rank === 1 ? `[${channels ?? 'units'}]` : `[h, w, ${channels ?? 'c'}]`;
  throw new RangeError(`${what} takes ${wanted}, but comes after [${input.join(', ')}]`);
}
