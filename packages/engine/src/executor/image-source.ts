import { OodError, type TaskSpec } from '@oodgrid/contract';
import type { Labels, SplitContent } from '@oodgrid/datasets';
import { NumpyRandomState } from '@oodgrid/stats';
import { type Tensor4D, tf } from '../backend/tensors.js';
import { applyPixels, isIdentity, type PixelTable, pixelTable } from './pixels.js';

export interface ImageBatch {
  /** Location of the samples, for messages. */
  readonly source: string;
  /** [n, h, w, c]; the caller's `tf.tidy` frees it. */
  readonly x: Tensor4D;
  /** Null where the data set has none. */
  readonly labels: Labels | null;
  /** Position of each sample in the data set's file. */
  readonly indices: Uint32Array;
  /** Rows of the task's result that this batch fills, from 0. */
  readonly firstRow: number;
}

const largest = (values: Float32Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Of floats that are used as they are; many tasks read the same ones. */
const largestFloats = new WeakMap<Float32Array, number>();

/** The images that a task reads, in its order and batches. */
export class ImageSource {
  readonly #images: SplitContent['images'];
  readonly #labels: Labels | null;
  /** Null where it is that of the file. */
  readonly #order: Uint32Array | null;
  readonly #size: readonly [number, number, number];
  readonly #pixels: PixelTable;
  readonly #task: TaskSpec;
  readonly #name: string;

  constructor(task: TaskSpec, { images, labels, shape }: SplitContent) {
    const { name } = task.data;
    const [count, height, width, channels] = shape;
    if (images instanceof Float32Array && !isIdentity(task.transform)) {
      throw new OodError(
        'invalid-input',
        `${name} has floats that are used as they are, but the ID side has a normalisation; give it normalisation: none`,
      );
    }
    this.#images = images;
    this.#labels = labels ?? null;
    this.#size = [height, width, channels];
    this.#pixels = pixelTable(task.transform, channels);
    this.#order =
      task.order.kind === 'file'
        ? null
        : Uint32Array.from(new NumpyRandomState(task.order.seed).permutation(count));
    this.#task = task;
    this.#name = name;
    if (task.to > count)
      throw new OodError('internal', `task asks for sample ${task.to} of ${name}, which has ${count}`);
  }

  /** Name of the set that it reads, for messages. */
  get name(): string {
    return this.#name;
  }

  /** No pixel of any image is farther from 0. */
  get largestPixel(): number {
    if (!(this.#images instanceof Float32Array)) return Math.max(...this.#pixels.map(largest));
    const most = largestFloats.get(this.#images) ?? largest(this.#images);
    largestFloats.set(this.#images, most);
    return most;
  }

  get batches(): readonly number[] {
    const { from, to, batch } = this.#task;
    return Array.from({ length: Math.ceil((to - from) / batch) }, (_, i) => from + i * batch);
  }

  /** The batch that starts at position `start` of the order. */
  batch(start: number): ImageBatch {
    const [height, width, channels] = this.#size;
    const labels = this.#labels;
    const pixels = height * width * channels;
    const end = Math.min(start + this.#task.batch, this.#task.to);
    const indices =
      this.#order?.slice(start, end) ?? Uint32Array.from({ length: end - start }, (_, i) => start + i);
    const values = new Float32Array(indices.length * pixels);
    for (const [row, index] of indices.entries()) {
      const image = this.#images.subarray(index * pixels, (index + 1) * pixels);
      if (image instanceof Float32Array) values.set(image, row * pixels);
      else applyPixels(image, this.#pixels, values, row * pixels);
    }
    return {
      source: this.#name,
      x: tf.tensor4d(values, [indices.length, height, width, channels]),
      labels: labels === null ? null : Int32Array.from(indices, (index) => this.#labelOf(labels, index)),
      indices,
      firstRow: start - this.#task.from,
    };
  }

  #labelOf(labels: Labels, index: number): number {
    const label = labels[index];
    if (label === undefined) throw new OodError('internal', `${this.#name} has no label of sample ${index}`);
    return label;
  }
}
