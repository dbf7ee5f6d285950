import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@oodgrid/contract';
import { BlobServiceClient, ControlAction } from '@oodgrid/contract/wire';
import { TokenStore, tokensPath } from '@oodgrid/coordinator';
import {
  type ChunkMessage,
  type CoordinatorMessage,
  connectWorker,
  endpoint,
  type LeaseRef,
  type ReliableMessage,
  WIRE_VERSION,
  type WorkerLink,
} from '@oodgrid/transport';
import { ClusterClient } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestCluster } from '../support/cluster.js';
import { submitSynthetic } from '../support/synthetic.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const folder = join(cache.folder, 'cluster');
const store = join(folder, 'store');
const CLASS = 'none';
const KEY = sha256('a unit');
let cluster: TestCluster;
let client: ClusterClient;
let workerToken: { readonly current: string };

beforeAll(async () => {
  mkdirSync(store, { recursive: true });
  const tokens = new TokenStore(
    tokensPath(store),
    () => new Date(),
    () => undefined,
  );
  workerToken = { current: tokens.create({ role: 'worker', name: '', days: 1, by: null }).text };
  const admin = { current: tokens.create({ role: 'admin', name: '', days: 1, by: null }).text };
  cluster = await TestCluster.start({ folder, cacheDir: cache.cacheDir, workers: 0, leaseSeconds: 20 });
  client = new ClusterClient(
    endpoint(cluster.coordinatorAddress, { tls: null, token: admin, isPlainAllowed: false }),
  );
  await vi.waitFor(() => client.runs(), { timeout: 30_000, interval: 100 });
}, 60_000);
afterAll(async () => {
  client?.close();
  await cluster?.close();
});

const workerEndpoint = () =>
  endpoint(cluster.coordinatorAddress, { tls: null, token: workerToken, isPlainAllowed: false });

/** A worker with a good token that says what it likes. */
class Peer {
  readonly said: CoordinatorMessage[] = [];
  readonly #link: WorkerLink;
  closed = '';
  #sequence = 0;

  constructor(
    workerId: string,
    claims: { readonly proof?: string; readonly held?: readonly LeaseRef[]; readonly slots?: number } = {},
  ) {
    const { proof = `proof of ${workerId}`, held = [], slots = 4 } = claims;
    const engine = { kind: 'none', version: '1', device: 'cpu' };
    const worker = {
      workerId,
      incarnation: `i-${workerId}`,
      numericsClass: CLASS,
      engine,
      host: 'h',
      pid: 1,
      slots,
      memoryBytes: 1e12,
    };
    this.#link = connectWorker(
      workerEndpoint(),
      { protocol: WIRE_VERSION, proof, held, nextSequence: 1, worker },
      {
        receive: (message) => this.said.push(message),
        closed: (reason) => {
          this.closed = reason.message;
        },
      },
    );
  }

  async lease(): Promise<LeaseRef> {
    const before = this.#granted().length;
    this.#link.send({ kind: 'lease-request', requestId: before + 1, hint: null });
    await vi.waitFor(() => expect(this.#granted().length).toBe(before + 1), 10_000);
    const granted = this.#granted()[before];
    if (granted === undefined) throw new Error('no lease');
    return granted;
  }

  /** The coordinator's answer to a message of which it needs the number. */
  async say(message: ReliableMessage): Promise<CoordinatorMessage> {
    const sequence = ++this.#sequence;
    this.#link.send({ kind: 'reliable', sequence, message });
    return vi.waitFor(() => {
      const answer = this.said.find(
        (said) =>
          (said.kind === 'refused' && said.sequence === sequence) ||
          (said.kind === 'ack' && said.upTo >= sequence),
      );
      if (answer === undefined) throw new Error('no answer');
      return answer;
    }, 10_000);
  }

  ask(run: string, task: number): void {
    this.#link.send({ kind: 'lease-request', requestId: 100 + task, hint: { run, task } });
  }

  heartbeat(leases: readonly LeaseRef[]): void {
    this.#link.send({ kind: 'heartbeat', leases, doing: '', trouble: '' });
  }

  close(): void {
    this.#link.close();
  }

  #granted(): LeaseRef[] {
    return this.said.flatMap((message) => (message.kind === 'granted' ? [message.lease] : []));
  }
}

const chunk = (lease: LeaseRef, key = KEY, rows = 1): ChunkMessage => ({
  kind: 'chunk',
  ...lease,
  key,
  offsetRows: 0,
  rows,
  columns: 1,
  data: new Float32Array(rows).fill(0.5),
});
const done = (lease: LeaseRef): ReliableMessage => ({
  kind: 'done',
  ...lease,
  work: { images: 0, forwards: 0, gradients: 0 },
  seconds: 0,
});
const counter = async (name: string) => (await client.counters())[name] ?? 0;

describe('a worker with a good token', () => {
  it('writes for no lease but its own, whatever it knows of it', async () => {
    const run = await submitSynthetic(client, { fits: 0, sweeps: 1, scores: 4 });
    const honest = new Peer('honest');
    const hostile = new Peer('hostile');
    const lease = await honest.lease();
    const foreign = await counter('refused_foreign_lease');
    // The whole lease, token included, as if it had been overheard.
    for (const message of [chunk(lease), done(lease), { kind: 'released', ...lease } as const])
      expect(await hostile.say(message)).toMatchObject({ kind: 'refused', code: 'cancelled' });
    hostile.heartbeat([lease]);
    await expect.poll(() => hostile.said).toContainEqual({ kind: 'cancel', lease });
    expect(await counter('refused_foreign_lease')).toBeGreaterThanOrEqual(foreign + 3);
    // Leases that were never given: another task, attempt, run or token.
    for (const forged of [
      { ...lease, task: lease.task + 1 },
      { ...lease, attempt: lease.attempt + 1 },
      { ...lease, run: 'another-run' },
      { ...lease, token: 'AAAAAAAAAAAAAAAAAAAA' },
    ])
      expect(await hostile.say(chunk(forged))).toMatchObject({ kind: 'refused', code: 'cancelled' });
    // Nothing of it touched the lease of the honest one.
    const { summary, tasks } = await client.show(run);
    expect(summary?.tasks).toContainEqual({ state: 'running', count: 1 });
    expect(tasks.flatMap(({ workers }) => workers)).toEqual(['honest']);
    hostile.close();
    honest.close();
    await client.control(run, ControlAction.CONTROL_ACTION_CANCEL);
  });

  it('gets no lease of another by claiming its id, its proof unknown, or its leases', async () => {
    const run = await submitSynthetic(client, { fits: 0, sweeps: 1, scores: 4, seed: 2 });
    const honest = new Peer('steady');
    const lease = await honest.lease();
    const thief = new Peer('steady', { proof: 'guessed', held: [lease] });
    await expect.poll(() => honest.said.some(({ kind }) => kind === 'probe'), { timeout: 10_000 }).toBe(true);
    honest.heartbeat([lease]);
    await expect.poll(() => thief.closed, { timeout: 15_000 }).not.toBe('');
    expect(thief.said.some(({ kind }) => kind === 'registered')).toBe(false);
    const other = new Peer('other', { held: [lease] });
    await expect.poll(() => other.said.some(({ kind }) => kind === 'registered')).toBe(true);
    expect(await other.say(chunk(lease))).toMatchObject({ kind: 'refused', code: 'cancelled' });
    for (const peer of [honest, thief, other]) peer.close();
    await client.control(run, ControlAction.CONTROL_ACTION_CANCEL);
  });

  it('cannot hand in rows beyond its task, of units that are not its, numbers that are none, or too little', async () => {
    const run = await submitSynthetic(client, { fits: 0, sweeps: 1, scores: 0, rows: 3, seed: 3 });
    const hostile = new Peer('forger');
    const lease = await hostile.lease();
    const key = await keyOf(hostile);
    expect(await hostile.say(chunk(lease, sha256('not of this task')))).toMatchObject({
      kind: 'refused',
      code: 'invalid-input',
    });
    expect(await hostile.say(chunk(lease, key, 1000))).toMatchObject({
      kind: 'refused',
      code: 'invalid-input',
    });
    const nan = { ...chunk(lease, key), data: new Float32Array([Number.NaN]) };
    expect(await hostile.say(nan)).toMatchObject({ kind: 'refused', code: 'corrupt-data' });
    expect(await hostile.say(done(lease))).toMatchObject({ kind: 'refused', code: 'invalid-input' });
    expect((await client.show(run)).summary?.tasks).toContainEqual({ state: 'running', count: 1 });
    hostile.close();
    await client.control(run, ControlAction.CONTROL_ACTION_CANCEL);
  });

  it('changes nothing by saying again what it said for a lease that is over', async () => {
    const run = await submitSynthetic(client, { fits: 0, sweeps: 1, scores: 2, rows: 1, seed: 5 });
    const peer = new Peer('replayer');
    const lease = await peer.lease();
    const result = [chunk(lease, await keyOf(peer)), done(lease)] as const;
    for (const message of result) expect(await peer.say(message)).toMatchObject({ kind: 'ack' });
    const tasks = async () =>
      (await client.show(run)).summary?.tasks.find(({ state }) => state === 'done')?.count;
    await expect.poll(tasks).toBe(1);
    // Under new numbers, so that they are not the same messages sent twice, and with other values.
    const other = { ...result[0], data: new Float32Array([0.25]) };
    for (const message of [other, ...result, { kind: 'released', ...lease } as const])
      expect(await peer.say(message)).toMatchObject({ kind: 'refused', code: 'cancelled' });
    // And by another process that has overheard all of it.
    const thief = new Peer('replaying-thief');
    for (const message of result) expect(await thief.say(message)).toMatchObject({ kind: 'refused' });
    expect(await tasks()).toBe(1);
    for (const one of [peer, thief]) one.close();
    await client.control(run, ControlAction.CONTROL_ACTION_CANCEL);
  });

  it('gets no more leases than it has places, however often it asks', async () => {
    const run = await submitSynthetic(client, { fits: 0, sweeps: 8, scores: 0, seed: 4 });
    const greedy = new Peer('greedy', { slots: 2 });
    await greedy.lease();
    for (let task = 0; task < 8; task++) greedy.ask(run, task);
    await expect.poll(() => greedy.said.filter(({ kind }) => kind === 'denied').length).toBeGreaterThan(5);
    expect(greedy.said.filter(({ kind }) => kind === 'granted').length).toBe(2);
    expect(await counter('refused_no_place')).toBeGreaterThan(0);
    greedy.close();
    await client.control(run, ControlAction.CONTROL_ACTION_CANCEL);
  }, 30_000);

  it('stores no bytes under the name of others, and no name that is no digest', async () => {
    const { address, credentials, interceptors } = workerEndpoint();
    const blobs = new BlobServiceClient(address, credentials, { interceptors: [...interceptors] });
    const put = (digest: string, data: Buffer) =>
      new Promise<string>((resolve) => {
        const call = blobs.put((error) => resolve(error?.details ?? 'stored'));
        call.on('error', () => undefined);
        call.write({ digest, data });
        call.end();
      });
    expect(await put(sha256('wanted'), Buffer.from('other'))).toContain('have digest');
    for (const name of [
      '../../../../tmp/escaped',
      '/etc/passwd',
      `${'a'.repeat(62)}/x`,
      '',
      'A'.repeat(64),
      '..',
    ])
      expect(await put(name, Buffer.from('x'))).toContain('is no digest');
    expect(await put(sha256('x'), Buffer.from('x'))).toBe('stored');
    blobs.close();
    expect(readdirSync(join(store, 'blobs'))).toContain(sha256('x').slice(0, 2));
    expect(readdirSync(join(store, 'blobs', sha256('wanted').slice(0, 2)))).toEqual([]);
    expect(existsSync('/tmp/escaped')).toBe(false);
  });
});

/** The unit of the task that a worker was given last. */
async function keyOf(peer: Peer) {
  const granted = peer.said.findLast((message) => message.kind === 'granted');
  if (granted?.kind !== 'granted' || granted.task.kind !== 'synthetic') throw new Error('no synthetic task');
  return granted.task.key;
}
