import { readFileSync } from 'node:fs';
import { type Digest, sha256, type TaskSpec, type UnitSpec, type WorkCounts } from '@oodgrid/contract';
import { datasetBlob, uniformNoise } from '@oodgrid/datasets';
import { parseSafetensors, writeSafetensors } from '@oodgrid/formats';
import type { Arithmetic } from '@oodgrid/methods';
import { NumpyRandomState } from '@oodgrid/stats';
import { type Engine, executeTask, TaskInputs, type TaskOutcome } from '../../src/compute.js';

/** Blobs of a test, by digest. */
const blobs = new Map<Digest, Uint8Array>();

export function put(bytes: Uint8Array): Digest {
  const digest = sha256(bytes);
  blobs.set(digest, bytes);
  return digest;
}

const LENET = readFileSync(new URL('../../../../models/lenet-fmnist.safetensors', import.meta.url));
const lenetWeights = put(LENET);
export const lenetBytes = (): Uint8Array => LENET;

/** The bundled LeNet with each named tensor multiplied by a factor. */
export function scaledWeights(factors: Readonly<Record<string, number>>): Digest {
  const tensors = new Map(parseSafetensors(LENET, 'lenet').tensors);
  for (const [name, factor] of Object.entries(factors)) {
    const entry = tensors.get(name);
    if (!(entry?.data instanceof Float32Array)) throw new Error(`no tensor ${name}`);
    tensors.set(name, { ...entry, data: entry.data.map((value) => value * factor) });
  }
  return put(writeSafetensors(tensors));
}

/** Blurred random images, so that logits differ from sample to sample. */
export function images(count: number, seed = 3): Digest {
  const random = new NumpyRandomState(seed).randomSample(count * 49);
  const data = Uint8Array.from({ length: count * 784 }, (_, i) => {
    const [image, row, column] = [Math.floor(i / 784), Math.floor((i % 784) / 28), i % 28];
    return 255 * (random[image * 49 + Math.floor(row / 4) * 7 + Math.floor(column / 4)] ?? 0);
  });
  return put(
    datasetBlob({
      images: data,
      labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
      shape: [count, 28, 28, 1],
    }),
  );
}

/** The data set that FSSD fits on. */
export const noise: Pick<TaskSpec, 'data' | 'transform'> = {
  data: { name: 'noise', images: put(datasetBlob(uniformNoise(1, 20, [28, 28, 1]))) },
  transform: { offset: 127.5 },
};

export const unit = (method: string, rest: Partial<UnitSpec> = {}): UnitSpec => ({
  key: sha256(JSON.stringify([method, rest])),
  method,
  options: {},
  fitted: null,
  pass: (rest.candidates ?? []).length === 0 ? 'forward' : 'gradient',
  candidates: [],
  ...rest,
});

export function task(units: readonly UnitSpec[], rest: Partial<TaskSpec> = {}): TaskSpec {
  return {
    kind: 'score',
    model: { name: 'lenet', architecture: 'lenet', weights: lenetWeights, classes: 10 },
    data: { name: 'nothing', images: put(new Uint8Array()) },
    transform: { mean: [0.286], std: [0.353] },
    order: { kind: 'file' },
    from: 0,
    to: 0,
    batch: 64,
    seed: 42,
    units: [...units],
    ...rest,
  };
}

export interface Outcome {
  /** Rows of each unit, by its key. */
  readonly scores: ReadonlyMap<Digest, Float32Array>;
  readonly fitted: ReadonlyMap<Digest, Digest>;
  readonly work: WorkCounts;
  readonly inputs: TaskOutcome['inputs'];
}

/** Executes a task with blobs in memory. */
export async function run(
  engine: Engine,
  spec: TaskSpec,
  signal = new AbortController().signal,
  inputs = new TaskInputs(engine, { modelBytes: 0, splitBytes: 0 }),
  own: readonly Arithmetic[] = [],
): Promise<Outcome> {
  const rows = spec.to - spec.from;
  const scores = new Map<Digest, Float32Array>();
  const {
    fitted,
    work,
    inputs: read,
  } = await executeTask(
    inputs,
    spec,
    {
      signal,
      blob: async (digest) => blobs.get(digest) ?? new Uint8Array(),
      putBlob: async (bytes) => put(bytes),
      emit: async ({ key, offsetRows, columns, data }) => {
        const all = scores.get(key) ?? new Float32Array(rows * columns);
        all.set(data, offsetRows * columns);
        scores.set(key, all);
      },
      progress: () => undefined,
    },
    own,
  );
  return { scores, work, inputs: read, fitted: new Map(fitted.map(({ key, blob }) => [key, blob])) };
}
