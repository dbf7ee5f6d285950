import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES, type Results } from '@oodgrid/contract';
import { type NpyArray, writeNpz, writeSafetensors } from '@oodgrid/formats';
import { afterAll, describe, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

const COUNT = 1040;
const PIXELS = 28 * 28;
/** Images that differ, so that scores do. */
const bytes = Uint8Array.from(
  { length: COUNT * PIXELS },
  (_, i) => (((i * 7) % 784) * ((i >> 10) % 13)) % 256,
);
const classes = Array.from({ length: COUNT }, (_, i) => i % 10);
const labels: NpyArray = { shape: [COUNT], data: BigInt64Array.from(classes, BigInt) };
const plain: NpyArray = { shape: [COUNT, 28, 28], data: bytes };
const unit: NpyArray = { shape: [COUNT, 28, 28, 1], data: Float32Array.from(bytes, (byte) => byte / 255) };
const normalised = (of: Uint8Array): NpyArray => ({
  shape: [COUNT, 28, 28],
  data: Float32Array.from(of, (byte) => (byte / 255 - 0.286) / 0.353),
});
const reversed = bytes.toReversed();

type Files = Readonly<Record<string, Uint8Array | string>>;
const npz = (arrays: Readonly<Record<string, NpyArray>>) => ({
  'test.npz': writeNpz(new Map(Object.entries(arrays))),
});

/** A grid whose ID side is `id` and whose OOD sides are all the folders of `oods`, with what the grid says beside their `dir`. */
function writeGrid(
  id: readonly [Files, string],
  oods: Readonly<Record<string, readonly [files: Files, more?: string | undefined]>>,
  methods = '[baseline]',
) {
  const folder = mkdtempSync(join(cache.folder, 'case-'));
  const write = (name: string, files: Files) => {
    mkdirSync(join(folder, name));
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, name, file), content);
  };
  write('id', id[0]);
  for (const [name, [files]] of Object.entries(oods)) write(name, files);
  const file = join(folder, 'grid.yaml');
  const pairs = Object.entries(oods).map(
    ([name, [, more = '']]) => `  - { id: { dir: ./id, ${id[1]} }, ood: { dir: ./${name}${more} } }\n`,
  );
  writeFileSync(
    file,
    `protocol: fssd-paper\nmodels: [lenet-fmnist]\npairs:\n${pairs.join('')}methods: ${methods}\n`,
  );
  return { folder, file };
}

const BYTES = 'normalisation: { mean: [0.286], std: [0.353] }';
const env = { OODGRID_CACHE: cache.cacheDir };
const plan = async (file: string) => oodCli(['plan', file], env);

async function refused(
  files: Files,
  more?: string,
  id: readonly [Files, string] = [npz({ images: plain, labels }), BYTES],
) {
  const { file } = writeGrid(id, { ood: [files, more] });
  const { code, stderr } = await plan(file);
  return { code, stderr };
}

describe('the same data set', () => {
  it('in disguises is one blob, and gives the same numbers', async () => {
    const oneHot: NpyArray = {
      shape: [COUNT, 10],
      data: Float32Array.from({ length: COUNT * 10 }, (_, i) =>
        i % 10 === classes[Math.floor(i / 10)] ? 1 : 0,
      ),
    };
    const { folder, file } = writeGrid([npz({ images: plain, labels }), BYTES], {
      floats: [npz({ images: unit, labels: { shape: [COUNT], data: Float64Array.from(classes) } })],
      wide: [
        npz({
          images: { ...plain, data: Int32Array.from(bytes) },
          labels: { ...labels, data: Uint16Array.from(classes) },
        }),
      ],
      planes: [npz({ images: { shape: [COUNT, 1, 28, 28], data: bytes }, labels: oneHot })],
      named: [npz({ x: plain, y: labels }), ', arrays: { images: x, labels: y }'],
      nested: [npz({ 'set/images': plain, 'set/labels': labels })],
      tensors: [
        {
          'test.safetensors': writeSafetensors(
            new Map([
              ['images', { dtype: 'F64', shape: [COUNT, 28, 28], data: Float64Array.from(bytes) }],
              ['labels', { dtype: 'I32', shape: [COUNT, 1], data: Int32Array.from(classes) }],
            ]),
          ),
        },
      ],
    });
    const output = join(folder, 'run');
    const { code, stderr } = await oodCli(['submit', file, '--workers', '1', '--output', output], env);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    for (const line of [
      /floats\/test\.npz: "images" are float32 multiples of 1\/255 in 0\.\.1/,
      /planes\/test\.npz: "images" \[1040, 1, 28, 28\] are taken as \[n, channels, height, width\]/,
      /planes\/test\.npz: "labels" \[1040, 10\] are one-hot/,
      /tensors\/test\.safetensors: "images" are float64 whole numbers in 0\.\.255/,
    ])
      expect(stderr).toMatch(line);
    const results: Results = JSON.parse(readFileSync(join(output, 'results.json'), 'utf8'));
    expect(results.cells).toHaveLength(6);
    expect(new Set(results.cells.flatMap(({ scores }) => [scores.id, scores.ood])).size).toBe(1);
    for (const { metrics } of results.cells) expect(metrics.auroc?.estimate).toBe(0.5);
    // The model's weights, and one blob for all seven folders.
    expect(
      readdirSync(join(cache.cacheDir, 'blobs'), { recursive: true }).filter(
        (name) => String(name).length > 60,
      ),
    ).toHaveLength(2);
  });

  it('of normalised floats gives the numbers of its bytes, and neither side needs labels', async () => {
    const grids = [
      writeGrid([npz({ images: plain, labels }), BYTES], {
        ood: [npz({ images: { ...plain, data: reversed } })],
      }),
      writeGrid([npz({ images: normalised(bytes) }), 'normalisation: none'], {
        ood: [npz({ images: normalised(reversed) })],
      }),
    ];
    const values: number[] = [];
    for (const { folder, file } of grids) {
      const output = join(folder, 'run');
      const { code, stderr } = await oodCli(['submit', file, '--workers', '1', '--output', output], env);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const results: Results = JSON.parse(readFileSync(join(output, 'results.json'), 'utf8'));
      values.push(results.cells[0]?.metrics.auroc?.estimate ?? 0);
    }
    const [ofBytes = 0, ofFloats = 0] = values;
    expect(ofBytes).toBeGreaterThan(0);
    expect(ofBytes).not.toBe(0.5);
    // In float32, (byte / 255 - mean) / std may differ by a rounding from the table's.
    expect(ofFloats).toBeCloseTo(ofBytes, 3);
  });
});

describe('a data set that cannot be used is refused by plan, with its file, the reason and the way out', () => {
  const cases: [string, Files, RegExp, keyof typeof EXIT_CODES, string?][] = [
    [
      'normalised floats beside bytes',
      npz({ images: normalised(bytes) }),
      /ood\/test\.npz: "images": float32 from .* normalisation: none .* numpy\.round/,
      'invalid-input',
    ],
    [
      'other names',
      npz({ x: plain, y: labels }),
      /no array "images"; it holds "x" uint8 \[1040, 28, 28\], "y" int64 \[1040\]\. .*arrays: \{images: x, labels: y\}/,
      'invalid-input',
    ],
    [
      'a wrong name in the grid',
      npz({ x: plain }),
      /no array "X"; it holds "x" uint8/,
      'invalid-input',
      ', arrays: { images: X }',
    ],
    [
      'a layout that does not fit',
      npz({ images: { ...plain, shape: [COUNT, 28, 28, 1] } }),
      /has images of 28x1x28, but model "lenet-fmnist" takes 28x28x1/,
      'invalid-input',
      ', layout: chw',
    ],
    [
      'an HTML page',
      { 'test.npz': '<!DOCTYPE html><html>404' },
      /ood\/test\.npz: not a readable npz archive: it is an HTML page .*fetch the file again/,
      'corrupt-data',
    ],
    [
      'a Git LFS pointer',
      { 'test.safetensors': 'version https://git-lfs.github.com/spec/v1\n' },
      /it is a Git LFS pointer, .*git lfs pull/,
      'corrupt-data',
    ],
    ['an empty file', { 'test.npz': '' }, /it is an empty file/, 'corrupt-data'],
    [
      'a file of another kind alone',
      { 'test.mat': 'MATLAB' },
      /no test split; looked for test\.npz, .*; the folder holds "test\.mat"/,
      'not-found',
    ],
  ];
  it.each<[string, Files, RegExp, keyof typeof EXIT_CODES, string?]>(cases)(
    '%s',
    async (_what, files, message, code, more) => {
      const got = await refused(files, more);
      expect(got.stderr).toMatch(message);
      expect(got.code).toBe(EXIT_CODES[code]);
    },
  );

  it('bytes beside floats that are used as they are, and a set that would be used as both', async () => {
    const none = [npz({ images: normalised(bytes), labels }), 'normalisation: none'] as const;
    const beside = await refused(npz({ images: plain }), undefined, none);
    expect(beside.stderr).toMatch(
      /ood\/test\.npz: "images": uint8, but normalisation: none uses floats as they are/,
    );
    expect(beside.code).toBe(EXIT_CODES['invalid-input']);
    const { file } = writeGrid(none, { a: [npz({ images: normalised(reversed) })] });
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('methods', `  - { id: { dir: ./a, name: b, ${BYTES} }, ood: { dir: ./a } }\nmethods`),
    );
    const both = await plan(file);
    expect(both.stderr).toMatch(/"a" is in a pair with normalisation: none.* under two names/);
    expect(both.code).toBe(EXIT_CODES['invalid-input']);
  });

  it('train labels that are missing or negative, where a method fits on them', async () => {
    const id = { ...npz({ images: plain, labels }), 'train.npz': writeNpz(new Map([['images', plain]])) };
    const { file, folder } = writeGrid([id, BYTES], { ood: [npz({ images: plain })] }, '[mahalanobis]');
    expect(await plan(file)).toMatchObject({
      code: EXIT_CODES['invalid-input'],
      stderr: expect.stringMatching(
        /id\/train\.npz: no array "labels"; it holds "images" uint8 \[1040, 28, 28\]/,
      ),
    });
    const negative = { ...labels, data: Int16Array.from(classes, (label) => label - 1) };
    writeFileSync(
      join(folder, 'id', 'train.npz'),
      writeNpz(
        new Map([
          ['images', plain],
          ['labels', negative],
        ]),
      ),
    );
    expect((await plan(file)).stderr).toMatch(
      /the train set of "id" has label -1 at index 0, but model .* 0 to 9/,
    );
  });
});
