import { describe, expect, it } from 'vitest';
import { scoreOnce } from '../support/score-once.js';

describe('the WebAssembly engine', () => {
  it('computes every method, close to native TensorFlow, and is another numerics class', async () => {
    const native = await scoreOnce('native');
    const wasm = await scoreOnce('wasm');
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
