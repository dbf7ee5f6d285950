import type { Digest, UnitSpec } from '@oodgrid/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Engine, tf } from '../../src/compute.js';
import { nativeEngine } from '../support/engine.js';
import { images, noise, run, task, unit } from '../support/tasks.js';

let engine: Engine;
let fss: Digest;
let gaussians: Digest;
const data = { name: 'd', images: images(160) };
const permuted = { kind: 'numpy-permutation', seed: 42 } as const;

async function fit(method: string, rest: Parameters<typeof task>[1]): Promise<Digest> {
  const spec = unit(method);
  const blob = (await run(engine, task([spec], { kind: 'fit', ...rest }))).fitted.get(spec.key);
  if (blob === undefined) throw new Error(`${method} gave no fitted state`);
  return blob;
}

beforeAll(async () => {
  engine = await nativeEngine();
  fss = await fit('fssd', { ...noise, to: 20 });
  gaussians = await fit('mahalanobis', { data, to: 160 });
});

const units = () => ({
  msp: unit('msp'),
  mcd: unit('mc-dropout', { options: { passes: 3 } }),
  plain: unit('fssd', { fitted: fss }),
  odin: unit('odin', {
    candidates: [
      { magnitude: 0.01, temperature: 10 },
      { magnitude: 0, temperature: 10 },
      { magnitude: 0.002, temperature: 1 },
    ],
  }),
  fssd: unit('fssd', { fitted: fss, candidates: [{ magnitude: 0.01 }, { magnitude: 0 }] }),
  mahalanobis: unit('mahalanobis', {
    fitted: gaussians,
    candidates: [{ magnitude: 0.01 }, { magnitude: 0.002 }],
  }),
});

const scoresOf = async (spec: UnitSpec, rest: Parameters<typeof task>[1]) =>
  (await run(engine, task([spec], { data, ...rest }))).scores.get(spec.key);

function joined(...parts: (Float32Array | undefined)[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...(part ?? [])]));
}

describe('the bits of a score', () => {
  it.each(['msp', 'mcd', 'plain'] as const)(
    '%s: do not depend on slices, nor on neighbours in the task',
    async (name) => {
      const all = units();
      const whole = await scoresOf(all[name], { to: 128 });
      const halves = [
        await scoresOf(all[name], { to: 64 }),
        await scoresOf(all[name], { from: 64, to: 128 }),
      ];
      expect(joined(...halves)).toEqual(whole);
      const together = await run(engine, task([all.msp, all.mcd, all.plain], { data, to: 128 }));
      expect(together.scores.get(all[name].key)).toEqual(whole);
    },
  );

  it.each(['odin', 'fssd', 'mahalanobis'] as const)(
    '%s: do not depend on slices, neighbours or the other settings of a sweep',
    async (name) => {
      const all = units();
      const whole = await scoresOf(all[name], { order: permuted, to: 128 });
      const halves = [
        await scoresOf(all[name], { order: permuted, to: 64 }),
        await scoresOf(all[name], { order: permuted, from: 64, to: 128 }),
      ];
      expect(joined(...halves)).toEqual(whole);
      const together = await run(
        engine,
        task([all.odin, all.fssd, all.mahalanobis], { data, order: permuted, to: 128 }),
      );
      expect(together.scores.get(all[name].key)).toEqual(whole);
      for (const [i, candidate] of all[name].candidates.entries()) {
        const alone = await scoresOf({ ...all[name], candidates: [candidate] }, { order: permuted, to: 128 });
        const columns = (whole?.length ?? 0) / 128;
        const width = columns / all[name].candidates.length;
        expect(alone).toEqual(whole?.filter((_, at) => Math.floor((at % columns) / width) === i));
      }
    },
  );

  it('MC-dropout is keyed by sample, not by batch, and by seed', async () => {
    const { mcd } = units();
    const whole = await scoresOf(mcd, { to: 64 });
    // Another batch size may round the products differently, but draws the same masks.
    const small = await scoresOf(mcd, { to: 64, batch: 50 });
    for (const [i, value] of (whole ?? []).entries()) expect(small?.[i]).toBeCloseTo(value, 5);
    expect(await scoresOf(mcd, { to: 64, seed: 43 })).not.toEqual(whole);
  });

  it('a magnitude of 0 leaves the input as it is', async () => {
    const { fssd, plain } = units();
    const swept = await scoresOf(fssd, { to: 64 });
    const still = await scoresOf(plain, { to: 64 });
    expect(swept?.filter((_, i) => i % 8 >= 4)).toEqual(still);
  });
});

describe('the work of a task', () => {
  it('shares one forward pass between units, and one gradient between magnitudes', async () => {
    const all = units();
    const forward = await run(engine, task([all.msp, all.plain], { data, to: 64 }));
    expect(forward.work).toEqual({ images: 64, forwards: 64, gradients: 0 });
    // One pass, a gradient per temperature, a pass per setting that moves.
    const swept = await run(engine, task([all.odin], { data, to: 64 }));
    expect(swept.work).toEqual({ images: 64, forwards: 64 * 3, gradients: 64 * 2 });
  });
});

describe('memory', () => {
  it('tensors are all freed after scores, sweeps, fits, errors and aborts', async () => {
    const all = units();
    const forward = task([all.msp, all.mcd, all.plain], { data, to: 150 });
    await run(engine, forward);
    const before = tf.memory().numTensors;
    await run(engine, forward);
    await run(engine, task([all.odin, all.fssd, all.mahalanobis], { data, to: 150 }));
    await fit('fssd', { ...noise, to: 20 });
    await fit('mahalanobis', { data, to: 160 });
    await expect(run(engine, task([unit('nothing')], { data, to: 150 }))).rejects.toThrow(
      /no method "nothing"/,
    );
    const broken = unit('fssd', { fitted: gaussians });
    await expect(run(engine, task([broken], { data, to: 150 }))).rejects.toThrow(
      /method "fssd" has no fitted state "fss/,
    );
    await expect(run(engine, forward, AbortSignal.abort())).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('resident memory does not grow over ten repeats', async () => {
    const all = units();
    const repeat = async () => {
      await run(engine, task([all.msp, all.plain], { data, to: 64 }));
      await run(engine, task([all.odin, all.fssd], { data, to: 64 }));
    };
    for (let i = 0; i < 4; i++) await repeat();
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 10; i++) await repeat();
    // One leaked activation of a batch alone would be 5 to 9 MB a pass.
    expect(process.memoryUsage.rss() - before).toBeLessThan(40 * 1024 ** 2);
  });
});
