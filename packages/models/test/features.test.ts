import { type NpyArray, writeNpy, writeNpz, writeSafetensors } from '@oodgrid/formats';
import { describe, expect, it } from 'vitest';
import { resolveModel } from '../src/resolve-model.js';
import { features } from '../src/sources/features.js';

const [N, D, C] = [6, 4, 3] as const;
const count = (length: number, scale = 1) => Float32Array.from({ length }, (_, i) => ((i * 7) % 11) * scale);

const WEIGHT = count(C * D, 0.1);
const BIAS = count(C);
const H = count(N * D);
/** H x WEIGHT + BIAS */
const Z = Float32Array.from({ length: N * C }, (_, i) => {
  const [row, c] = [Math.floor(i / C), i % C];
  let sum = BIAS[c] ?? 0;
  for (let j = 0; j < D; j++) sum += (H[row * D + j] ?? 0) * (WEIGHT[c * D + j] ?? 0);
  return sum;
});

type Arrays = Readonly<Record<string, NpyArray>>;
const npz = (arrays: Arrays) => writeNpz(new Map(Object.entries(arrays)));
const HEAD: Arrays = { weight: { shape: [C, D], data: WEIGHT }, bias: { shape: [C], data: BIAS } };
const SPLIT: Arrays = {
  labels: { shape: [N], data: Int32Array.from({ length: N }, (_, i) => i % C) },
  logits: { shape: [N, C], data: Z },
  block: { shape: [N, 2, 2, 5], data: count(N * 20) },
  features: { shape: [N, D], data: H },
};
const FILES = { 'head.npz': npz(HEAD), 'id.npz': npz(SPLIT), 'ood.npz': npz(SPLIT) };

/** The model that these files are, beside those of a sound one. */
async function resolved(files: Readonly<Record<string, Uint8Array>> = {}, options: object = {}) {
  const all = new Map(Object.entries({ ...FILES, ...files }));
  const read = async (path: string) => {
    const bytes = all.get(path);
    if (bytes === undefined) throw new Error(`no ${path}`);
    return { path, bytes };
  };
  const splits = { id: { test: 'id.npz' }, ood: { test: 'ood.npz' } };
  return resolveModel(features, { head: 'head.npz', splits, ...options }, { name: 'mine', read });
}

describe('features that were exported', () => {
  it('are a model without an input, whose taps are what the files hold', async () => {
    const { facts, splitFiles } = await resolved();
    expect(facts).toMatchObject({
      name: 'mine',
      input: null,
      classes: C,
      features: D,
      taps: ['block', 'features', 'logits'],
      penultimate: 'features',
      offers: { head: true, gradient: false, dropout: false },
    });
    const split = await splitFiles?.('id', 'test');
    expect(split).toMatchObject({ count: N, labels: Int32Array.from([0, 1, 2, 0, 1, 2]), doubts: [] });
    await expect(splitFiles?.('id', 'train')).rejects.toThrow(/no values of id\/train: name their file/);
  });

  it('are the same model from npz and from safetensors, in half precision too', async () => {
    const tensors = writeSafetensors(
      new Map(
        Object.entries(SPLIT).map(([key, { shape, data }]) => [
          key,
          data instanceof Float32Array
            ? ({ dtype: 'F64', shape, data: Float64Array.from(data) } as const)
            : ({ dtype: 'I64', shape, data: BigInt64Array.from(data, BigInt) } as const),
        ]),
      ),
    );
    const splits = { id: { test: 'id.safetensors' } };
    const other = await resolved({ 'id.safetensors': tensors }, { splits });
    const plain = await resolved();
    expect(await other.splitFiles?.('id', 'test')).toEqual(await plain.splitFiles?.('id', 'test'));
  });

  it('may be features alone, as one npy: the head makes the logits of them', async () => {
    const { facts } = await resolved(
      { 'id.npy': writeNpy({ shape: [N, D], data: H }) },
      { splits: { id: { test: 'id.npy' } } },
    );
    expect(facts).toMatchObject({ classes: C, taps: ['features', 'logits'] });
  });

  it('may be logits alone: nothing that needs features or the head is offered', async () => {
    const { facts } = await resolved(
      { 'id.npz': npz({ logits: { shape: [N, C], data: Z } }) },
      { head: undefined, splits: { id: { test: 'id.npz' } } },
    );
    expect(facts).toMatchObject({ classes: C, taps: ['logits'], offers: { head: false } });
  });

  it('say so where logits are not features x weight + bias, with the largest difference', async () => {
    const shifted = Float32Array.from(Z, (_, i) => Z[(i + C) % Z.length] ?? 0);
    const { splitFiles } = await resolved({
      'id.npz': npz({ ...SPLIT, logits: { shape: [N, C], data: shifted } }),
    });
    const [note, ...more] = (await splitFiles?.('id', 'test'))?.doubts ?? [];
    expect(note).toMatch(
      /^logits are not features x weight \+ bias: they differ by up to [\d.]+ \(sample \d\)/,
    );
    expect(more).toEqual([]);
  });
});

const nan = Float32Array.from(H, (value, i) => (i === D * 2 ? Number.NaN : value));
const FAULTS: readonly [string, Arrays, RegExp][] = [
  [
    'neither features nor logits',
    { x: { shape: [N, D], data: H } },
    /expected "features" \[n, d\] or "logits"/,
  ],
  ['NaN', { ...SPLIT, features: { shape: [N, D], data: nan } }, /"features" holds NaN in row 2/],
  [
    'another length',
    { ...SPLIT, features: { shape: [N / 2, D * 2], data: H } },
    /"features" is \[3, 8\], expected/,
  ],
  [
    'too few labels',
    { ...SPLIT, labels: { shape: [2], data: new Int32Array(2) } },
    /"labels" is \[2\], expected \[6\]/,
  ],
  [
    'labels that are no classes',
    { ...SPLIT, labels: { shape: [N], data: Float32Array.from([0, 1, 2, 0.5, 0, 1]) } },
    /"labels" holds 0\.5 in row 3/,
  ],
  [
    'integers',
    { ...SPLIT, features: { shape: [N, D], data: Int32Array.from(H) } },
    /is int32; save it as float32/,
  ],
  [
    'features of another network than the head',
    { ...SPLIT, features: { shape: [N, D + 1], data: count(N * (D + 1)) } },
    /a row of "features" has 5 numbers, the weight of the head is \[3, 4\]/,
  ],
];

it.each(FAULTS)('values with %s are refused with their place', async (_title, arrays, message) => {
  await expect(resolved({ 'id.npz': npz(arrays) })).rejects.toThrow(message);
});

it('a head that is transposed, and one that is none, are refused', async () => {
  const transposed = { weight: { shape: [D, C], data: WEIGHT }, bias: { shape: [C], data: BIAS } };
  await expect(resolved({ 'head.npz': npz(transposed) })).rejects.toThrow(
    /"weight" is \[4, 3\] and "bias" \[3\], .*it looks transposed: save weight\.T/,
  );
  await expect(resolved({ 'head.npz': npz(SPLIT) })).rejects.toThrow(/expected "weight" .*found "labels"/);
});

it('a head is found in any file of values; another one elsewhere is refused', async () => {
  const splits = { id: { test: 'id.npz', train: 'train.npz' }, ood: { test: 'ood.npz' } };
  const known = await resolved();
  for (const name of ['id.npz', 'train.npz', 'ood.npz']) {
    const found = await resolved(
      { 'train.npz': npz(SPLIT), [name]: npz({ ...SPLIT, ...HEAD }) },
      { head: undefined, splits },
    );
    expect(found.facts).toEqual(known.facts);
    expect(found.files).toEqual(known.files);
    expect(await found.splitFiles?.('id', 'train')).toEqual(await known.splitFiles?.('id', 'test'));
  }
  const other = { ...HEAD, bias: { shape: [C], data: count(C, 2) } };
  const two = await resolved({ 'ood.npz': npz({ ...SPLIT, ...other }) });
  await expect(two.splitFiles?.('ood', 'test')).rejects.toThrow(
    /ood\.npz: its "weight" and "bias" are not those of the model's head/,
  );
  await expect(
    resolved({ 'id.npz': npz({ ...SPLIT, bias: { shape: [C], data: BIAS } }) }, { head: undefined }),
  ).rejects.toThrow(/expected "weight" .* and "bias"/);
});

it('a split with other taps than the first is refused', async () => {
  const { block: _block, ...rest } = SPLIT;
  const { splitFiles } = await resolved({ 'ood.npz': npz(rest) });
  await expect(splitFiles?.('ood', 'test')).rejects.toThrow(
    /ood\.npz has .*, but id\.npz of the same model has "block" \[n, 2, 2, 5\]/,
  );
});
