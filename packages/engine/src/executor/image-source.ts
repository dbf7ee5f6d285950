import { OodError, type TaskSpec } from '@oodgrid/protocol';
import { NumpyRandomState } from '@oodgrid/stats';
import { type Tensor4D, tf } from '../backend/tensors.js';
import { parseSafetensors } from '../formats/safetensors.js';
import { applyPixels, noisePixels, normalisedPixels, type PixelTable } from './pixels.js';

export interface ImageBatch {
  /** Where the samples are, for messages. */
  readonly source: string;
  /** [n, h, w, c]; the caller's `tf.tidy` frees it. */
  readonly x: Tensor4D;
  /** Null where the data set has none. */
  readonly labels: Uint8Array | null;
  /** Position of each sample in the data set's file. */
  readonly indices: Uint32Array;
  /** Rows of the task's result that this batch fills, from 0. */
  readonly firstRow: number;
}

/** The images that a task reads, in its order and batches. */
export class ImageSource {
  readonly #images: Uint8Array;
  readonly #labels: Uint8Array | null;
  readonly #order: Uint32Array;
  readonly #size: readonly [number, number, number];
  readonly #pixels: PixelTable;
  readonly #task: TaskSpec;
  readonly #name: string;

  private constructor(task: TaskSpec, blob: Uint8Array, name: string, isNoise: boolean) {
    const { tensors } = parseSafetensors(blob, name);
    const images = tensors.get('images');
    if (images === undefined || !(images.data instanceof Uint8Array) || images.shape.length !== 4) {
      throw new OodError(
        'corrupt-data',
        `${name}: expected a U8 tensor "images" [n, height, width, channels]`,
      );
    }
    const [count = 0, height = 0, width = 0, channels = 0] = images.shape;
    const labels = tensors.get('labels')?.data;
    this.#images = images.data;
    this.#labels = labels instanceof Uint8Array ? labels : null;
    this.#size = [height, width, channels];
    this.#pixels = isNoise ? noisePixels(channels) : normalisedPixels(task.transform, channels);
    this.#order =
      task.order.kind === 'file'
        ? Uint32Array.from({ length: count }, (_, i) => i)
        : Uint32Array.from(new NumpyRandomState(task.order.seed).permutation(count));
    this.#task = task;
    this.#name = name;
    if (task.to > count)
      throw new OodError('internal', `task asks for sample ${task.to} of ${name}, which has ${count}`);
  }

  /** Reads the task's data set, or its noise images where it has no data set. */
  static async open(
    task: TaskSpec,
    blob: (digest: NonNullable<TaskSpec['noise']>) => Promise<Uint8Array>,
  ): Promise<ImageSource> {
    if (task.data !== null) return new ImageSource(task, await blob(task.data.images), task.data.name, false);
    if (task.noise === null) throw new OodError('internal', 'a task needs a data set or noise images');
    return new ImageSource(task, await blob(task.noise), 'noise images', true);
  }

  /** What it reads, for messages. */
  get name(): string {
    return this.#name;
  }

  /** No pixel of any image is farther from 0. */
  get largestPixel(): number {
    return Math.max(...this.#pixels.flatMap((table) => [...table].map(Math.abs)));
  }

  get rows(): number {
    return this.#task.to - this.#task.from;
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
    const indices = this.#order.slice(start, Math.min(start + this.#task.batch, this.#task.to));
    const values = new Float32Array(indices.length * pixels);
    for (const [row, index] of indices.entries()) {
      applyPixels(
        this.#images.subarray(index * pixels, (index + 1) * pixels),
        this.#pixels,
        values,
        row * pixels,
      );
    }
    return {
      source: this.#name,
      x: tf.tensor4d(values, [indices.length, height, width, channels]),
      labels: labels === null ? null : Uint8Array.from(indices, (index) => labels[index] ?? 0),
      indices,
      firstRow: start - this.#task.from,
    };
  }
}
