import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OodError } from '@oodgrid/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CoordinatorMessage,
  connectWorker,
  type GrpcServer,
  type Registration,
  serveGrpc,
  splitChunk,
  type WorkerLink,
  type WorkerMessage,
  workerService,
} from '../src/index.js';
import { KEY, LEASE, registration, ScriptedHandler, TASK } from './scripted-handler.js';

let folder: string;
let address: string;
let handler: ScriptedHandler;
let server: GrpcServer;
const links: WorkerLink[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-grpc-'));
  address = `unix:${join(folder, 's.sock')}`;
  handler = new ScriptedHandler();
  server = await serveGrpc(address, [workerService({ handler, onRefused: () => undefined })]);
});

afterEach(async () => {
  for (const link of links.splice(0)) link.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

function connect(said: Registration = registration(), where = address) {
  const received: CoordinatorMessage[] = [];
  let reason: OodError | undefined;
  const link = connectWorker(where, said, {
    receive: (message) => received.push(message),
    closed: (error) => {
      reason = error;
    },
  });
  links.push(link);
  return { link, received, closed: () => vi.waitFor(() => reason ?? Promise.reject(), 10_000) };
}

async function connected() {
  const connection = connect();
  await vi.waitFor(() => expect(connection.received).toHaveLength(1));
  return connection;
}

const work = { images: 1, forwards: 2 ** 40, gradients: 3 };

describe('gRPC over a unix socket', () => {
  it('carries the registration whole', async () => {
    await connected();
    expect(handler.registered).toEqual([registration()]);
  });

  it('turns a worker away with the reason', async () => {
    const stranger = registration();
    const { closed } = connect({ ...stranger, worker: { ...stranger.worker, numericsClass: 'other' } });
    expect(await closed()).toMatchObject({ code: 'invalid-input', message: 'another numerics class' });
  });

  it('ends at a message of the coordinator that does not fit, and the worker lives', async () => {
    const { closed, received } = await connected();
    const wrong = { ...TASK, batch: 0 };
    handler.peer?.send({ kind: 'granted', requestId: 1, lease: LEASE, task: wrong });
    handler.peer?.send({ kind: 'granted', requestId: 2, lease: LEASE, task: TASK });
    expect(await closed()).toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/malformed message: a task does not fit its schema/),
    });
    expect(received.map(({ kind }) => kind)).toEqual(['registered']);
    await vi.waitFor(() => expect(handler.gone).toHaveLength(1));
  });

  it('carries rows bit for bit and in order, in pieces of at most 256 KiB', async () => {
    const { link } = await connected();
    const rows = 5000;
    const columns = 88;
    const data = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i) * 10 ** ((i % 60) - 30));
    const chunk = { kind: 'chunk', ...LEASE, key: KEY, offsetRows: 7, rows, columns, data } as const;
    const pieces = splitChunk(chunk);
    expect(pieces.length).toBeGreaterThan(1);
    for (const [i, message] of pieces.entries()) link.send({ kind: 'reliable', sequence: 1 + i, message });
    await vi.waitFor(() => expect(handler.received).toHaveLength(pieces.length), 10_000);
    const got = new Float32Array(rows * columns);
    let next = 7;
    for (const [i, said] of handler.received.entries()) {
      if (said.kind !== 'reliable' || said.message.kind !== 'chunk') throw new Error('only chunks were sent');
      expect(said.sequence).toBe(1 + i);
      expect(said.message.offsetRows).toBe(next);
      expect(said.message.data.byteLength).toBeLessThanOrEqual(256 * 1024);
      got.set(said.message.data, (said.message.offsetRows - 7) * columns);
      next += said.message.rows;
    }
    expect(got).toEqual(data);
  });

  it('carries every other message of a worker', async () => {
    const { link } = await connected();
    const messages: WorkerMessage[] = [
      { kind: 'lease-request', requestId: 1, hint: null },
      { kind: 'lease-request', requestId: 2, hint: { run: 'r', task: 3 } },
      { kind: 'heartbeat', leases: [LEASE], doing: 'one thing', trouble: '' },
      { kind: 'heartbeat', leases: [], doing: '', trouble: '', isLeaving: true },
      { kind: 'progress', lease: LEASE, work },
      { kind: 'log', lease: LEASE, line: 'line' },
      { kind: 'reliable', sequence: 1, message: { kind: 'fitted', ...LEASE, key: KEY, blob: KEY } },
      { kind: 'reliable', sequence: 2, message: { kind: 'done', ...LEASE, work, seconds: 1.5 } },
      { kind: 'reliable', sequence: 3, message: { kind: 'released', ...LEASE } },
      {
        kind: 'reliable',
        sequence: 4,
        message: {
          kind: 'failed',
          ...LEASE,
          code: 'resource-exhausted',
          message: 'no memory',
          retryable: true,
          logTail: 'tail',
          origin: 'task',
          blob: null,
        },
      },
    ];
    for (const message of messages) link.send(message);
    await vi.waitFor(() => expect(handler.received).toEqual(messages));
  });

  it('carries every message of the coordinator', async () => {
    const { received } = await connected();
    const messages: CoordinatorMessage[] = [
      { kind: 'granted', requestId: 1, lease: LEASE, task: TASK },
      { kind: 'denied', requestId: 2, retryMs: null },
      { kind: 'denied', requestId: 3, retryMs: 0 },
      { kind: 'ack', upTo: 2 ** 40 },
      { kind: 'refused', sequence: 9, code: 'cancelled', message: 'stale' },
      { kind: 'cancel', lease: LEASE },
      { kind: 'drain' },
    ];
    for (const message of messages) handler.peer?.send(message);
    await vi.waitFor(() => expect(received.slice(1)).toEqual(messages));
  });

  it('tells workers that the coordinator has gone', async () => {
    const { closed } = await connected();
    await server.close();
    expect(await closed()).toMatchObject({ code: 'unavailable' });
  });

  it('ends a connection with the reason', async () => {
    const { closed } = await connected();
    handler.peer?.close('come back later');
    expect(await closed()).toMatchObject({ code: 'unavailable', message: 'come back later' });
    await vi.waitFor(() => expect(handler.gone).toEqual([handler.peer]));
  });

  it('cannot be reached where nobody listens', async () => {
    const { closed } = connect(registration(), `unix:${join(folder, 'nobody.sock')}`);
    expect(await closed()).toMatchObject({ code: 'unavailable' });
  });

  it('learns once that a worker process was killed', async () => {
    const child = fork(fileURLToPath(new URL('./fixtures/idle-worker.mjs', import.meta.url)), [address]);
    await vi.waitFor(() => expect(handler.registered).toHaveLength(1), 10_000);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(handler.gone).toHaveLength(1), 10_000);
  });
});
