import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { workerEnvironment } from '../../src/index.js';

const PROGRAM = fileURLToPath(new URL('../fixtures/score-once.mjs', import.meta.url));
const outcome = z.object({
  kind: z.string(),
  numericsClass: z.string(),
  tensors: z.number(),
  scores: z.record(z.string(), z.array(z.number())),
});

/** Scores eight images by every method, in a process of its own as a worker would. */
async function score(engine: 'native' | 'wasm') {
  const env = { ...process.env, ...workerEnvironment() };
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, engine], {
    env,
    maxBuffer: 1024 ** 2,
  });
  return outcome.parse(JSON.parse(stdout));
}

describe('the WebAssembly engine', () => {
  it('computes every method, close to native TensorFlow, and is another numerics class', async () => {
    const native = await score('native');
    const wasm = await score('wasm');
    expect(native.kind).toBe('tensorflow');
    expect(native.numericsClass).toContain('threads-1');
    expect(wasm.kind).toBe('wasm');
    expect(wasm.numericsClass).not.toBe(native.numericsClass);
    expect(wasm.tensors).toBe(0);
    expect(Object.keys(wasm.scores)).toHaveLength(6);
    for (const [name, values] of Object.entries(native.scores)) {
      const other = wasm.scores[name] ?? [];
      const errors = values
        .map((value, i) => Math.abs((other[i] ?? Number.NaN) - value) / Math.max(Math.abs(value), 1e-6))
        .sort((a, b) => a - b);
      // Float32 sums in another order.
      expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(1e-4);
    }
  });
});
