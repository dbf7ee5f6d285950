import { type Candidate, digestOfJson, sha256, type TaskSpec, type UnitSpec } from '@oodgrid/contract';
import { fssdPaper, splitIndices } from '@oodgrid/protocols';
import type { UnitResult } from '../../src/index.js';

/**
 * What a worker gives for a unit, without a tensor library: numbers that are made from all that a real executor reads of the task
 * (weights, images, transform, fitted state, options, settings, batch by batch), and from nothing else: neither from names nor from
 * the cache key, which another computation must not share.
 */
export function execute(task: TaskSpec, unit: UnitSpec, testCount: (images: string) => number): UnitResult {
  const { kind, model, data, transform, seed } = task;
  const { method, options, fitted } = unit;
  const read = {
    model: [model.architecture, model.weights, model.classes],
    images: data.images,
    transform,
    method,
    options,
    fitted,
    seed: method === 'mc-dropout' ? seed : null,
  };
  if (kind === 'fit')
    return { kind: 'fitted', blob: digestOfJson({ ...read, from: task.from, to: task.to }) };
  const columns = columnsOf(method, unit.candidates).map((column) => hashOf({ ...read, column }));
  const order = splitIndices(
    fssdPaper,
    task.order.kind === 'file' ? 'file' : 'permuted',
    testCount(data.images),
  );
  const rows = task.to - task.from;
  const scores = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row++) {
    // Gradients are normalised over a batch, so that a sample's score depends on where its batch starts and ends.
    const start = task.from + Math.floor(row / task.batch) * task.batch;
    const batch = mix(start, Math.min(start + task.batch, task.to));
    const sample = order[task.from + row] ?? 0;
    for (const [column, hash] of columns.entries()) {
      const noise = mix(mix(hash, sample), batch) / 2 ** 32;
      scores[row * columns.length + column] =
        method === 'predictions' ? Math.floor(noise * model.classes) : noise + (hash % 1000) / 1000;
    }
  }
  return { kind: 'scores', rows, columns: columns.length, data: scores };
}

/** Candidate by candidate, the method's columns. */
function columnsOf(method: string, candidates: readonly Candidate[]): readonly unknown[] {
  const own = ['mahalanobis', 'fssd', 'predictions'].includes(method) ? ['0', '1'] : ['0'];
  if (candidates.length === 0) return own;
  return candidates.flatMap((candidate) => own.map((column) => [candidate, column]));
}

const hashOf = (value: unknown): number => Number.parseInt(sha256(JSON.stringify(value)).slice(0, 8), 16);

/** A 32-bit hash of two numbers. */
function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 13), 0x297a2d39);
  return (h ^ (h >>> 16)) >>> 0;
}
