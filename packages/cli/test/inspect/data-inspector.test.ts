import type { ModelSpec } from '@oodgrid/contract';
import { sha256 } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { DataInspector } from '../../src/inspect/data-inspector.js';
import { ImageIndex } from '../../src/inspect/image-index.js';
import { requireLabelsFit } from '../../src/inspect/label-warnings.js';
import { pixelStatistics } from '../../src/inspect/pixel-statistics.js';

const models: ModelSpec[] = [{ name: 'net', architecture: 'lenet', weights: sha256('w'), classes: 10 }];
const fit = { mean: [0.5], std: [0.289] };

/** Images of 4x4 of which no two are alike, of a seed; labels 0 to 9 in turn. */
function split(count: number, seed: number, labels = Uint8Array.from({ length: count }, (_, i) => i % 10)) {
  let state = seed;
  const images = Uint8Array.from({ length: count * 16 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  return { images, labels, shape: [count, 4, 4, 1] as const };
}

type Split = Omit<ReturnType<typeof split>, 'labels' | 'images'> & {
  readonly images: Uint8Array | Float32Array;
};

const copyImage = (from: Split, i: number, to: Split, j: number) =>
  to.images.set(from.images.subarray(i * 16, (i + 1) * 16), j * 16);

function warningsOf(sets: Record<'id' | 'ood', Split> & { train?: Split }, normalisation = fit) {
  const inspector = new DataInspector();
  inspector.add('clothes', 'test', sets.id);
  if (sets.train !== undefined) inspector.add('clothes', 'train', sets.train);
  inspector.add('digits', 'test', sets.ood);
  return inspector.warnings(
    [{ id: 'clothes', ood: 'digits' }],
    new Map([['clothes', normalisation]]),
    models,
  );
}

const plain = () => ({ id: split(2000, 1), train: split(3000, 2), ood: split(2000, 3) });

describe('what is odd about data', () => {
  it('nothing, where nothing is', () => {
    expect(warningsOf(plain())).toEqual([]);
  });

  it('copies in a set: how many, where the first is', () => {
    const sets = plain();
    for (const i of [7, 100, 1500]) copyImage(sets.id, 5, sets.id, i);
    expect(warningsOf(sets)).toMatchObject([
      {
        code: 'duplicates-in-set',
        severity: 'notice',
        place: { id: 'clothes', split: 'test' },
        count: 3,
        example: [5, 7],
      },
    ]);
    for (let i = 0; i < 200; i++) copyImage(sets.ood, 0, sets.ood, 1000 + i);
    expect(warningsOf(sets)[1]).toMatchObject({
      severity: 'serious',
      place: { ood: 'digits' },
      count: 200,
      message: expect.stringContaining(
        '200 of the 2000 test images of "digits" (10.0 %) are copies of an earlier one, such as 1000 of 0',
      ),
    });
  });

  it('test images that are in the train set', () => {
    const sets = plain();
    copyImage(sets.train, 2999, sets.id, 12);
    expect(warningsOf(sets)).toMatchObject([
      { code: 'train-in-test', severity: 'notice', place: { id: 'clothes' }, count: 1, example: [2999, 12] },
    ]);
    for (let i = 0; i < 30; i++) copyImage(sets.train, i, sets.id, i);
    expect(warningsOf(sets)).toMatchObject([{ code: 'train-in-test', severity: 'serious', count: 30 }]);
  });

  it('ID images among the OOD ones: some, and all', () => {
    const sets = plain();
    copyImage(sets.id, 3, sets.ood, 4);
    copyImage(sets.train, 8, sets.ood, 9);
    expect(warningsOf(sets)).toMatchObject([
      {
        code: 'id-in-ood',
        severity: 'notice',
        place: { id: 'clothes', ood: 'digits', split: 'test' },
        count: 1,
        example: [3, 4],
      },
      { code: 'id-in-ood', place: { split: 'train' }, count: 1, example: [8, 9] },
    ]);
    const same = warningsOf({ id: sets.id, ood: sets.id });
    expect(same).toMatchObject([{ code: 'id-in-ood', severity: 'serious', count: 2000, example: [0, 0] }]);
    expect(same[0]?.message).toContain('2000 of the 2000 OOD test images of "digits" (100.0 %)');
  });

  it('an image is a copy only if every byte is the same', () => {
    const sets = plain();
    copyImage(sets.id, 3, sets.ood, 4);
    sets.ood.images[4 * 16 + 15] = (sets.ood.images[4 * 16 + 15] ?? 0) ^ 1;
    expect(warningsOf(sets)).toEqual([]);
  });

  it('classes without a sample, and a class that has nearly all', () => {
    const labels = Uint8Array.from({ length: 2000 }, (_, i) => (i < 1900 ? 3 : i % 5));
    expect(warningsOf({ ...plain(), id: split(2000, 1, labels) })).toMatchObject([
      {
        code: 'class-missing',
        severity: 'notice',
        count: 5,
        message: expect.stringContaining('(5, 6, 7, 8, 9)'),
      },
      {
        code: 'class-imbalance',
        severity: 'serious',
        message: expect.stringContaining('1920 of the 2000 test samples of "clothes" have label 3'),
      },
    ]);
  });
});

describe('what is odd about the values of models, where there are no images', () => {
  const values = (count: number, seed: number) =>
    new ImageIndex(Float32Array.from(split(count, seed).images), count);

  it('copies are counted by each model alone, of which two may say different things', () => {
    const inspector = new DataInspector();
    const [train, test, far] = [values(300, 1), values(200, 2), values(100, 3)];
    const labels = Int32Array.from({ length: 200 }, (_, i) => i % 10);
    inspector.addImageless('clothes', 'train', undefined, [{ model: 'a', index: train }, { model: 'b' }]);
    inspector.addImageless('clothes', 'test', labels, [
      { model: 'a', index: test },
      { model: 'b', index: values(200, 4) },
    ]);
    inspector.addImageless('digits', 'test', undefined, [
      { model: 'a', index: far },
      { model: 'b', index: values(200, 4) },
    ]);
    const pairs = [{ id: 'clothes', ood: 'digits' }];
    expect(inspector.warnings(pairs, new Map(), models)).toMatchObject([
      {
        code: 'id-in-ood',
        severity: 'serious',
        place: { id: 'clothes', ood: 'digits', model: 'b', split: 'test' },
        count: 200,
      },
    ]);
  });
});

describe('labels that are no classes', () => {
  it('are refused with the first of them and the way out', () => {
    const fromOne = Uint8Array.from({ length: 2000 }, (_, i) => 1 + ((i + 3) % 10));
    expect(() => requireLabelsFit('clothes', 'test', fromOne, models)).toThrow(
      'the test set of "clothes" has label 10 at index 6, but model "net" has classes 0 to 9: the labels start at 1; subtract 1 from all of them',
    );
    const far = Int32Array.from({ length: 2000 }, (_, i) => (i === 77 ? -1 : i % 10));
    expect(() => requireLabelsFit('clothes', 'train', far, models)).toThrow(
      'the train set of "clothes" has label -1 at index 77, but model "net" has classes 0 to 9: labels are positions',
    );
  });

  it('may be missing, which is said', () => {
    const { images, shape } = split(2000, 1);
    expect(warningsOf({ ...plain(), id: { images, shape } })).toMatchObject([
      { code: 'labels-missing', severity: 'notice', place: { id: 'clothes', split: 'test' } },
    ]);
  });
});

describe('a normalisation', () => {
  const codes = (mean: number[], std: number[]) => warningsOf(plain(), { mean, std }).map(({ code }) => code);

  it('of another number of channels is refused, with its place in the grid', () => {
    expect(() => codes([0.5, 0.5, 0.5], [0.2, 0.2, 0.2])).toThrow(
      'pairs[0].id.normalisation.mean has 3 numbers, but the images of "clothes" have 1 channel: give one for each',
    );
    expect(() => codes([0.5], [0.2, 0.2])).toThrow('pairs[0].id.normalisation.std has 2 numbers');
  });

  it('that is far off the data gets a warning with their own values', () => {
    const [warning] = warningsOf(plain(), { mean: [1], std: [3] });
    expect(warning).toMatchObject({
      code: 'normalisation-far-off',
      severity: 'serious',
      place: { id: 'clothes' },
    });
    expect(warning?.message).toMatch(
      /is mean \[1\], std \[3\], but its test images have mean \[0\.\d+\], std \[0\.2\d+\]/,
    );
    for (const [mean, std] of [
      [127.5, 64],
      [0.5, 0.001],
      [-0.1, 0.3],
      [0.05, 0.3],
    ] as const)
      expect(codes([mean], [std])).toEqual(['normalisation-far-off']);
  });

  it('that is usual gets none: of another set of the kind, or a plain scaling', () => {
    for (const [mean, std] of [
      [0.286, 0.353],
      [0.45, 0.225],
      [0, 1],
      [0.5, 0.5],
    ] as const)
      expect(codes([mean], [std])).toEqual([]);
  });
});

describe('floats that are used as they are', () => {
  const floats = (scale: number) => {
    const { images, ...rest } = split(2000, 1);
    return { ...rest, images: Float32Array.from(images, (value) => value * scale) };
  };
  const codes = (scale: number) =>
    warningsOf({ ...plain(), id: floats(scale) }, { mean: [0], std: [1] }).map(({ code }) => code);

  it('are expected to be scaled somehow', () => {
    expect(codes(1 / 255)).toEqual([]);
    expect(codes(1 / 64)).toEqual([]);
    expect(codes(1)).toEqual(['normalisation-far-off']);
  });
});

describe('the statistics of pixels', () => {
  it('are those of each channel, floats as they are', () => {
    const bytes = Uint8Array.of(0, 255, 51, 0, 255, 102);
    expect(pixelStatistics(bytes, [2, 1, 1, 3])).toEqual([
      { mean: 0, std: 0 },
      { mean: 1, std: 0 },
      { mean: expect.closeTo(0.3, 12), std: expect.closeTo(0.1, 12) },
    ]);
    expect(pixelStatistics(Float32Array.of(-2, 4), [2, 1, 1, 1])).toEqual([{ mean: 1, std: 3 }]);
  });
});
