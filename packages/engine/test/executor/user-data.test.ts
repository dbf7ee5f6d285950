import type { Digest } from '@oodgrid/contract';
import { datasetBlob, type SplitContent } from '@oodgrid/datasets';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/compute.js';
import { normalisedPixels } from '../../src/executor/pixels.js';
import { nativeEngine } from '../support/engine.js';
import { put, run, task, unit } from '../support/tasks.js';

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

const COUNT = 70;
const bytes = Uint8Array.from({ length: COUNT * 784 }, (_, i) => (i * 37 + Math.floor(i / 784) * 11) % 256);
const classes = Array.from({ length: COUNT }, (_, i) => i % 10);
const transform = { mean: [0.286], std: [0.353] };
const identity = { mean: [0], std: [1] };
const set = (own: Partial<SplitContent> & { readonly labels?: SplitContent['labels'] }) => {
  const blob = datasetBlob({ images: bytes, shape: [COUNT, 28, 28, 1], ...own });
  return { name: 'mine/test', images: put(blob) };
};
const normalised = () => {
  const [table = new Float32Array()] = normalisedPixels(transform, 1);
  return Float32Array.from(bytes, (byte) => table[byte] ?? 0);
};

async function fitted(data: { readonly name: string; readonly images: Digest }): Promise<Digest | undefined> {
  const spec = unit('mahalanobis');
  return (await run(engine, task([spec], { kind: 'fit', data, to: COUNT }))).fitted.get(spec.key);
}

describe('images that are floats', () => {
  it('go to the model as they are: those of normalised bytes give the same bits as the bytes', async () => {
    const msp = unit('msp');
    const ofBytes = await run(engine, task([msp], { data: set({}), to: COUNT, transform }));
    const data = set({ images: normalised() });
    const ofFloats = await run(engine, task([msp], { data, to: COUNT, transform: identity }));
    expect(ofFloats.scores.get(msp.key)).toEqual(ofBytes.scores.get(msp.key));
    expect(new Set(ofBytes.scores.get(msp.key)).size).toBeGreaterThan(10);
  });

  it('beyond what a byte can be are watched: what overflows in the model is named', async () => {
    const images = normalised();
    for (let i = 3 * 784; i < 4 * 784; i++) images[i] = (i * i) % 7 < 3 ? 3e38 : -3e38;
    const data = set({ images });
    await expect(run(engine, task([unit('msp')], { data, to: COUNT, transform: identity }))).rejects.toThrow(
      /mine\/test.*\b3\b|\b3\b.*mine\/test/,
    );
  });

  it('are refused where the ID side has a normalisation that would not be applied', async () => {
    const data = set({ images: normalised() });
    await expect(run(engine, task([unit('msp')], { data, to: COUNT, transform }))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/^mine\/test has floats that are used as they are/),
    });
  });
});

describe('labels', () => {
  it('of 32 bits fit as bytes do', async () => {
    const ofBytes = await fitted(set({ labels: Uint8Array.from(classes) }));
    expect(ofBytes).toBeDefined();
    expect(await fitted(set({ labels: Int32Array.from(classes) }))).toBe(ofBytes);
  });

  it('that are missing stop a fit, which would take them for zeros, and nothing else', async () => {
    await expect(fitted(set({}))).rejects.toThrow(
      /mahalanobis needs labels of the train set; mine\/test has none/,
    );
    await expect(run(engine, task([unit('msp')], { data: set({}), to: COUNT }))).resolves.toBeDefined();
  });
});
