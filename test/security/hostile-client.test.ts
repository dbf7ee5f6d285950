import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@oodgrid/contract';
import { BlobServiceClient, ClientServiceClient, type SubmitRequest } from '@oodgrid/contract/wire';
import { TokenStore, tokensPath } from '@oodgrid/coordinator';
import { endpoint, fromGrpcStatus, WIRE_VERSION } from '@oodgrid/transport';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { forward } from '../../packages/coordinator/test/small-plan.js';
import { TestCluster } from '../support/cluster.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const folder = join(cache.folder, 'cluster');
const store = join(folder, 'store');
const BLOB = sha256('x');
/** Paths of the server, as somebody might hope to have them read or written. */
const PATHS = [
  '../../../../etc/passwd',
  '/etc/passwd',
  '..',
  '.',
  'a/../../b',
  '..\\..\\b',
  'file:///etc/passwd',
  'nul\u0000',
  '',
];

let cluster: TestCluster;
let client: ClientServiceClient;
let blobs: BlobServiceClient;

beforeAll(async () => {
  mkdirSync(store, { recursive: true });
  const tokens = new TokenStore(
    tokensPath(store),
    () => new Date(),
    () => undefined,
  );
  const token = { current: tokens.create({ role: 'submitter', name: '', days: 1, by: null }).text };
  cluster = await TestCluster.start({ folder, cacheDir: cache.cacheDir, workers: 0, leaseSeconds: 5 });
  const { address, credentials, interceptors } = endpoint(cluster.coordinatorAddress, {
    tls: null,
    token,
    isPlainAllowed: false,
  });
  client = new ClientServiceClient(address, credentials, { interceptors: [...interceptors] });
  blobs = new BlobServiceClient(address, credentials, { interceptors: [...interceptors] });
  await vi.waitFor(() => answer((done) => client.listRuns({}, done)), { timeout: 30_000, interval: 100 });
  await answer((done) => {
    const call = blobs.put(done);
    call.write({ digest: BLOB, data: Buffer.from('x') });
    call.end();
  });
}, 60_000);
afterAll(async () => {
  client?.close();
  blobs?.close();
  await cluster?.close();
});

function answer<T>(call: (done: (error: Error | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) =>
      error === null ? resolve(response) : reject(fromGrpcStatus(error, 'coordinator')),
    );
  });
}

interface Sizes {
  readonly models?: number;
  readonly rows?: number;
  readonly sets?: number;
  readonly count?: number;
  readonly images?: string;
  readonly weights?: string;
}

/** A grid of any size, whose every blob is the one that is there. */
function gridOf({ models = 1, rows = 1, sets = 2, count = 2000, images = BLOB, weights = BLOB }: Sizes = {}) {
  const named = (prefix: string, length: number) => Array.from({ length }, (_, i) => `${prefix}${i}`);
  const [modelNames, setNames] = [named('m', models), named('s', sets)];
  return {
    name: 'grid',
    protocol: 'fssd-paper',
    seed: 1,
    bootstrapReplicates: 0,
    models: modelNames.map((name) => ({ name, architecture: 'lenet', weights, classes: 10 })),
    auxiliaryModels: [],
    datasets: setNames.map((name) => ({
      name,
      test: { ref: { name: `${name}/test`, images }, count },
      normalisation: { mean: [0], std: [1] },
    })),
    pairs: setNames.slice(1).map((ood) => ({ id: 's0', ood })),
    rows: named('r', rows).map((row) => ({
      row,
      title: row,
      plans: Object.fromEntries(modelNames.map((name) => [name, forward])),
      fitSet: null,
    })),
    memoryBytes: Object.fromEntries(modelNames.map((name) => [name, 1e9])),
  };
}

let runs = 0;
const submit = (spec: unknown, more: Partial<SubmitRequest> = {}) => {
  const request: SubmitRequest = {
    protocol: WIRE_VERSION,
    run: `run-${++runs}`,
    name: 'name',
    idempotencyKey: '',
    priority: 0,
    numericsClass: '',
    useCache: false,
    specJson: Buffer.isBuffer(spec) ? spec : Buffer.from(JSON.stringify(spec)),
    ...more,
  };
  return answer<object>((done) => client.submit(request, done));
};
const grid = (sizes: Sizes = {}) => ({ kind: 'grid', slice: 512, grid: gridOf(sizes) });

/** Of which there is more to say than fits into an answer. */
const brokenGrid = () => {
  const { grid: whole, ...spec } = grid({ rows: 1000 });
  return { ...spec, grid: { ...whole, rows: whole.rows.map(({ title }) => ({ title })) } };
};

describe('a submitter', () => {
  it('submits what is catalogued or uploaded', async () => {
    expect(await submit(grid())).toMatchObject({ isNew: true });
  });

  it.each(PATHS)(
    'names no path of the server: %j as run, images, weights or blob is refused',
    async (path) => {
      await expect(submit(grid(), { run: path })).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(submit(grid({ images: path }))).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(submit(grid({ weights: path }))).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(answer((done) => client.getRun({ run: path }, done))).rejects.toMatchObject({
        code: 'not-found',
      });
      await expect(answer((done) => client.logs({ run: path }, done))).rejects.toMatchObject({
        code: 'not-found',
      });
      await expect(answer((done) => blobs.missing({ digests: [path] }, done))).rejects.toMatchObject({
        code: 'invalid-input',
      });
      const got: Buffer[] = [];
      const reading = (async () => {
        for await (const { data } of blobs.get({ digest: path })) got.push(data);
      })();
      await expect(
        reading.catch((error: unknown) => Promise.reject(fromGrpcStatus(error, ''))),
      ).rejects.toMatchObject({ code: 'invalid-input' });
      expect(got).toEqual([]);
    },
  );

  it('gains nothing by fields that a submission does not have', async () => {
    const spec = grid();
    const withPaths = {
      ...spec,
      grid: { ...spec.grid, baseDir: '/etc', outputs: { dir: '/tmp/escaped' }, store: '/etc/passwd' },
    };
    await submit(withPaths);
    expect(existsSync('/tmp/escaped')).toBe(false);
    const kept =
      readFileSync(join(store, 'store.db-wal'), 'latin1') + readFileSync(join(store, 'store.db'), 'latin1');
    expect(kept).not.toContain('escaped');
    expect(readdirSync(folder).sort()).toEqual(['nats', 'store']);
  });

  it.each([
    ['a message of more than 2 MiB', () => submit(Buffer.alloc(3 * 1024 ** 2, 0x20)), 'resource-exhausted'],
    ['what is no JSON', () => submit(Buffer.from('{')), 'invalid-input'],
    ['a million brackets', () => submit(Buffer.from('['.repeat(1e6))), 'invalid-input'],
    [
      'a million arrays in each other',
      () => submit(Buffer.from('['.repeat(1e6 / 2) + ']'.repeat(1e6 / 2))),
      'invalid-input',
    ],
    ['more cells than a run may have', () => submit(grid({ rows: 1000, sets: 202 })), 'invalid-input'],
    ['a thousand rows that do not fit', () => submit(brokenGrid()), 'invalid-input'],
    ['more models than a grid may have', () => submit(grid({ models: 1001 })), 'invalid-input'],
    ['more units than can be kept in mind', () => submit(grid({ count: 2 ** 31 })), 'invalid-input'],
    ['more samples than there can be', () => submit(grid({ count: 2 ** 40 })), 'invalid-input'],
    ['a blob that is not there', () => submit(grid({ images: sha256('absent') })), 'not-found'],
    [
      'more digests than one question may have',
      () => answer((done) => blobs.missing({ digests: Array.from({ length: 10_001 }, () => BLOB) }, done)),
      'invalid-input',
    ],
    ['a name that cannot be seen', () => submit(grid(), { name: 'a\u001b[2J' }), 'invalid-input'],
    ['a run that is a flag of commands', () => submit(grid(), { run: '--help' }), 'invalid-input'],
    [
      'a numerics class as long as a book',
      () => submit(grid(), { numericsClass: 'c'.repeat(10_000) }),
      'invalid-input',
    ],
    [
      'a numerics class that cannot be seen',
      () => submit(grid(), { numericsClass: 'a\u001b[2J' }),
      'invalid-input',
    ],
    [
      'a key as long as a book',
      () => submit(grid(), { idempotencyKey: 'k'.repeat(10_000) }),
      'invalid-input',
    ],
    ['a synthetic run, where there are none', () => submit({ kind: 'nonsense' }), 'invalid-input'],
  ] as const)('is refused %s, and others are answered at once', async (_what, attack, code) => {
    const attacking = attack().catch((error: unknown) => error);
    const at = performance.now();
    await answer((done) => client.listRuns({}, done));
    expect(performance.now() - at).toBeLessThan(5000);
    expect(await attacking).toMatchObject({ code });
  });
});
