import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@oodgrid/contract';
import { writeNpz } from '@oodgrid/formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dataset } from '../src/dataset.js';
import { datasetBlob, parseDatasetBlob } from '../src/dataset-blob.js';
import { decodeIdxPair, idxFiles } from '../src/idx-pair.js';
import { findDataset, listDatasets, loadFolderDataset } from '../src/index.js';
import { loadFrom, stateOf } from '../src/load-dataset.js';
import type { Source } from '../src/source.js';
import { archive, userFolders, webFolder } from '../src/sources/catalog.js';

const images = Uint8Array.from({ length: 3 * 4 }, (_, i) => i);
const labels = Uint8Array.of(2, 0, 1);
const idxImages = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, ...images]);
const idxLabels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 3, ...labels]);
const FILES: Readonly<Record<string, Uint8Array>> = {
  't10k-images-idx3-ubyte.gz': idxImages,
  't10k-labels-idx1-ubyte.gz': idxLabels,
};

let folder: string;
let server: Server | undefined;
const lines: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-data-'));
  lines.length = 0;
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(0) : server.close(resolve)));
  server = undefined;
  rmSync(folder, { recursive: true });
});

const toy = (sources: readonly Source[], expected = sha256(images)): Dataset => ({
  name: 'toy',
  title: 'three images',
  cites: { authors: 'Jane Doe', title: 'Three Images', year: 2026 },
  licence: 'none',
  input: [2, 2, 1],
  classes: 3,
  splits: { test: { count: 3, sha256: { images: expected, labels: sha256(labels) } } },
  sources,
  files: idxFiles,
  decode: decodeIdxPair,
});

const options = (dataDirs: readonly string[] = []) => ({
  cacheDir: join(folder, 'cache'),
  dataDirs,
  log: (line: string) => lines.push(line),
  signal: new AbortController().signal,
  limits: { connectTimeoutMs: 300, stallTimeoutMs: 300, maxBytes: 1000 },
});

/** The address of a server that answers so. */
async function addressOf(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
}

const serve = async (listener: RequestListener) => webFolder('a server', await addressOf(listener));

const serveFiles = () => serve((request, response) => response.end(FILES[request.url?.slice(1) ?? '']));

function writeFiles(dir: string): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, bytes] of Object.entries(FILES)) writeFileSync(join(dir, name), bytes);
}

describe('a data set', () => {
  it('comes from a folder of the user first, with or without its own sub-folder', async () => {
    const url = await serveFiles();
    for (const dir of [join(folder, 'a'), join(folder, 'b', 'toy')]) writeFiles(dir);
    for (const dataDir of ['a', 'b']) {
      const cacheDir = join(folder, `cache-${dataDir}`);
      const got = await loadFrom(toy([userFolders, url]), 'test', {
        ...options([join(folder, dataDir)]),
        cacheDir,
      });
      expect([...got.images]).toEqual([...images]);
      expect(got.shape).toEqual([3, 2, 2, 1]);
      expect(got.source).toContain(join(folder, dataDir));
    }
    expect(lines).toEqual([]);
  });

  it('whose file is a pipe is refused by the name of the file, where opening it would wait for a writer for ever', async () => {
    const pipe = join(folder, 't10k-images-idx3-ubyte.gz');
    execFileSync('mkfifo', [pipe]);
    writeFileSync(join(folder, 't10k-labels-idx1-ubyte.gz'), idxLabels);
    const url = await serveFiles();
    await expect(loadFrom(toy([userFolders, url]), 'test', options([folder]))).rejects.toMatchObject({
      code: 'invalid-input',
      message: `${pipe}: expected a file, it is a pipe`,
    });
  }, 10_000);

  it('is cached once loaded, and the cache is verified: damage is fetched again', async () => {
    const dataset = toy([await serveFiles()]);
    expect((await loadFrom(dataset, 'test', options())).source).toBe('a server');
    expect((await loadFrom(dataset, 'test', options())).source).toBe('cache');
    const { path, state } = await stateOf(dataset, 'test', options());
    expect(state).toBe('present');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = 99;
    writeFileSync(path, bytes);
    expect(await stateOf(dataset, 'test', options())).toEqual({
      state: 'corrupt',
      path,
      reason: expect.stringMatching(/label 99, the data set has classes 0 to 2/),
    });
    expect((await loadFrom(dataset, 'test', options())).source).toBe('a server');
    expect(lines.join()).toContain('fetching it again');
    expect(readdirSync(join(folder, 'cache', 'data', 'toy'))).toEqual(['test.safetensors']);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['is not there', (_request, response) => response.writeHead(404).end(), /answered 404/],
    ['never answers', () => undefined, /no answer in time/],
    [
      'stalls',
      (_request, response) => void response.writeHead(200, { 'content-length': '500' }).write('x'),
      /no answer in time/,
    ],
  ])('skips a source that %s, with one line', async (_what, listener, reason) => {
    const bad = await serve(listener);
    writeFiles(join(folder, 'mine'));
    const got = await loadFrom(toy([bad, userFolders]), 'test', options([join(folder, 'mine')]));
    expect(got.source).toContain('mine');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(reason);
  });

  it('of which the user has no folder comes from the next source, without a line about that', async () => {
    const got = await loadFrom(toy([userFolders, await serveFiles()]), 'test', options());
    expect(got.source).toBe('a server');
    expect(lines).toEqual([]);
  });

  it('says what to do when no source can be reached', async () => {
    const nowhere = webFolder('nobody', 'http://127.0.0.1:1/');
    await expect(loadFrom(toy([userFolders, nowhere]), 'test', options())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/"toy" \(test\) is in no source .* --data-dir/),
    });
  });

  it('with a wrong checksum is an error that names file, expected and got, and is not cached', async () => {
    const wrong = sha256('something else');
    const error = {
      code: 'corrupt-data',
      message: expect.stringMatching(new RegExp(`t10k-images.*expected ${wrong}, got ${sha256(images)}`)),
    };
    await expect(loadFrom(toy([await serveFiles()], wrong), 'test', options())).rejects.toMatchObject(error);
    expect((await stateOf(toy([]), 'test', options())).state).toBe('absent');
  });

  it.each([
    [{ classes: 2 }, /label 2, the data set has classes 0 to 1/],
    [{ input: [2, 3, 1] as const }, /expected images \[2, 3, 1\], got \[2, 2, 1\]/],
  ])('that is not what the catalog says of it is an error: %j', async (facts, message) => {
    const dataset = { ...toy([await serveFiles()]), ...facts };
    await expect(loadFrom(dataset, 'test', options())).rejects.toThrow(message);
  });

  it('comes out of an archive', async () => {
    writeFiles(join(folder, 'inside', 'batches'));
    execFileSync('tar', ['-czf', join(folder, 'a.tar.gz'), '-C', join(folder, 'inside'), 'batches']);
    const address = await addressOf((_request, response) =>
      response.end(readFileSync(join(folder, 'a.tar.gz'))),
    );
    const source = archive('an archive', `${address}a.tar.gz`, 'batches');
    expect(await loadFrom(toy([source]), 'test', options())).toMatchObject({
      source: 'an archive',
      shape: [3, 2, 2, 1],
    });
  });

  it('larger than any data set is an error', async () => {
    const huge = await serve((_request, response) => response.end(Buffer.alloc(5000)));
    await expect(loadFrom(toy([huge]), 'test', options())).rejects.toMatchObject({
      code: 'corrupt-data',
      message: expect.stringContaining('larger than 1000 bytes'),
    });
  });

  it('stops when told to', async () => {
    const silent = await serve(() => undefined);
    const controller = new AbortController();
    const loading = loadFrom(toy([silent]), 'test', { ...options(), signal: controller.signal, limits: {} });
    controller.abort();
    await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe("a user's folder", () => {
  it('may hold npz, safetensors or IDX files', async () => {
    const npz = new Map([
      ['images', { shape: [3, 2, 2], data: images }],
      ['labels', { shape: [3], data: BigInt64Array.of(2n, 0n, 1n) }],
    ]);
    writeFileSync(join(folder, 'test.npz'), writeNpz(npz));
    expect(await loadFolderDataset(folder, 'test')).toMatchObject({ shape: [3, 2, 2, 1], labels });
    writeFileSync(join(folder, 'train.safetensors'), datasetBlob({ images, labels, shape: [3, 2, 2, 1] }));
    expect(await loadFolderDataset(folder, 'train')).toMatchObject({ shape: [3, 2, 2, 1] });
    writeFiles(join(folder, 'idx'));
    expect(await loadFolderDataset(join(folder, 'idx'), 'test')).toMatchObject({ shape: [3, 2, 2, 1] });
  });

  it('says what it looked for', async () => {
    await expect(loadFolderDataset(folder, 'test')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('looked for test.npz'),
    });
  });
});

describe('the catalog', () => {
  it('has the sets of the paper, each with a source', () => {
    expect(listDatasets().map(({ name }) => name)).toEqual([
      'fashion-mnist',
      'mnist',
      'mnist-10k',
      'cifar10',
      'svhn',
    ]);
    for (const { sources } of listDatasets()) expect(sources.length).toBeGreaterThan(0);
    expect(findDataset('nope')).toBeUndefined();
  });

  it('reads SVHN as rows, columns and channels, with digit 0 as label 0', () => {
    const file = readFileSync(new URL('../../formats/test/fixtures/svhn.mat', import.meta.url));
    const decoded = findDataset('svhn')?.decode([file], ['svhn.mat']);
    expect(decoded?.shape).toEqual([2, 32, 32, 3]);
    expect([...(decoded?.labels ?? [])]).toEqual([0, 7]);
    // X[row, column, channel, image] was arange(...) % 251 in C order of [32, 32, 3, 2].
    const at = (image: number, row: number, column: number, channel: number) =>
      decoded?.images[((image * 32 + row) * 32 + column) * 3 + channel];
    for (const [image, row, column, channel] of [
      [0, 0, 0, 0],
      [1, 0, 0, 2],
      [0, 5, 7, 1],
      [1, 31, 31, 2],
    ] as const) {
      expect(at(image, row, column, channel)).toBe((((row * 32 + column) * 3 + channel) * 2 + image) % 251);
    }
  });

  it('reads CIFAR-10 planes as channels of a pixel', () => {
    const record = new Uint8Array(3073);
    record[0] = 9;
    record[1 + 5] = 10;
    record[1 + 1024 + 5] = 20;
    record[1 + 2048 + 5] = 30;
    const decoded = findDataset('cifar10')?.decode([record, record], ['a', 'b']);
    expect(decoded?.shape).toEqual([2, 32, 32, 3]);
    expect([...(decoded?.labels ?? [])]).toEqual([9, 9]);
    expect([...(decoded?.images.slice(15, 18) ?? [])]).toEqual([10, 20, 30]);
  });

  it('says which digit file is no JSON', () => {
    const good = new TextEncoder().encode('{"data": []}');
    expect(() => findDataset('mnist-10k')?.decode([good, good.slice(0, 5)], ['0.json', '1.json'])).toThrow(
      /^1.json: not JSON/,
    );
  });

  it('survives a round trip as a blob', () => {
    const split = { images, labels, shape: [3, 2, 2, 1] as const };
    expect(parseDatasetBlob(datasetBlob(split), 'f')).toEqual(split);
  });
});
