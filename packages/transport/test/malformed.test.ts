import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { type ConnectRequest, WorkerServiceClient, type worker as wire } from '@oodgrid/contract/wire';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type GrpcServer, serveGrpc, WIRE_VERSION, workerService } from '../src/index.js';
import { KEY, LEASE, ScriptedHandler } from './scripted-handler.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-bad-'));
const socket = join(folder, 's.sock');
const address = `unix:${socket}`;
const refused: string[] = [];
let server: GrpcServer;
let handler: ScriptedHandler;

beforeAll(async () => {
  handler = new ScriptedHandler();
  const service = workerService({ handler, onRefused: (reason) => refused.push(reason) });
  server = await serveGrpc(address, [service]);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const register: wire.Register = {
  protocol: WIRE_VERSION,
  workerId: 'raw',
  incarnation: 'first',
  numericsClass: 'test',
  engineKind: 'k',
  engineVersion: '1',
  device: 'cpu',
  host: 'here',
  pid: 1,
  slots: 1,
  memoryBytes: 1,
  proof: 'its own',
  held: [],
  nextSequence: 1,
};
const chunk: wire.Chunk = {
  lease: LEASE,
  key: KEY,
  offsetRows: 0,
  rows: 1,
  columns: 1,
  data: Buffer.alloc(4),
  crc32: 0x2144df1c,
};
const asMessage = (one: Partial<wire.Chunk>): wire.WorkerMessage => ({
  sequence: 1,
  message: { $case: 'chunk', chunk: { ...chunk, ...one } },
});

/** Sends frames on one connection; resolves to the status that it ends with, or undefined when it lives on for so long. */
function statusAfter(frames: readonly ConnectRequest[], waitMs = 10_000): Promise<ServiceError | undefined> {
  const client = new WorkerServiceClient(address, credentials.createInsecure());
  const call = client.connect();
  return new Promise((resolve) => {
    const end = (error?: ServiceError) => {
      clearTimeout(timer);
      call.cancel();
      client.close();
      resolve(error);
    };
    const timer = setTimeout(end, waitMs);
    call.on('data', () => undefined);
    call.on('error', end);
    for (const frame of frames) call.write(frame);
  });
}

/** A connection that lives so long is not about to end. */
const LIVES_MS = 300;

const frame = (message: wire.WorkerMessage): ConnectRequest => ({ register: undefined, messages: [message] });
const hello: ConnectRequest = { register, messages: [] };

describe('what no honest worker says ends its connection with a status and is counted', () => {
  it.each([
    ['a wrong checksum', [hello, frame(asMessage({ crc32: 1 }))]],
    ['rows that do not fit the bytes', [hello, frame(asMessage({ rows: 2 }))]],
    ['a key that is no digest', [hello, frame(asMessage({ key: '../../etc' }))]],
    ['no lease', [hello, frame(asMessage({ lease: undefined }))]],
    ['a run id that is no UTF-8', [hello, frame(asMessage({ lease: { ...LEASE, run: 'r\ufffd' } }))]],
    ['no sequence number', [hello, frame({ ...asMessage({}), sequence: 0 })]],
    ['nothing at all', [hello, frame({ sequence: 0, message: undefined })]],
    ['a second registration', [hello, hello]],
    ['work before registration', [frame(asMessage({}))]],
    [
      'a numerics class as long as a book',
      [{ register: { ...register, numericsClass: 'c'.repeat(100_000) }, messages: [] }],
    ],
    ['a worker id with a path in it', [{ register: { ...register, workerId: '../w' }, messages: [] }]],
  ] satisfies [string, ConnectRequest[]][])('%s', async (_name, frames) => {
    const before = refused.length;
    expect(await statusAfter(frames)).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(refused.slice(before)).toEqual(['invalid-input']);
    expect(await statusAfter([hello], LIVES_MS)).toBeUndefined();
  });

  it('a frame beyond the limit', async () => {
    const huge = frame(asMessage({ data: Buffer.alloc(4 * 1024 * 1024) }));
    expect(await statusAfter([hello, huge])).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(await statusAfter([hello], LIVES_MS)).toBeUndefined();
  });

  it('an honest message is heard', async () => {
    handler.received.length = 0;
    expect(await statusAfter([hello, frame(asMessage({}))], LIVES_MS)).toBeUndefined();
    expect(handler.received).toHaveLength(1);
  });
});

describe('peers that are there and say nothing', () => {
  it('a worker that never reads is disconnected, and costs bounded memory', async () => {
    const client = new WorkerServiceClient(address, credentials.createInsecure());
    const call = client.connect();
    call.on('error', () => undefined);
    call.write(hello);
    const count = handler.registered.length;
    await vi.waitFor(() => expect(handler.registered.length).toBeGreaterThan(count));
    const { peer } = handler;
    const before = process.memoryUsage().rss;
    // Nothing listens to `data`, so nothing is read.
    const text = 'x'.repeat(1000);
    await vi.waitFor(
      async () => {
        for (let i = 0; i < 2000; i++) {
          peer?.send({ kind: 'refused', sequence: i, code: 'internal', message: text });
        }
        await new Promise((resolve) => setImmediate(resolve));
        expect(refused).toContain('slow_reader');
      },
      { timeout: 20_000, interval: 1 },
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 ** 2);
    client.close();
    expect(await statusAfter([hello], LIVES_MS)).toBeUndefined();
  });

  it('1,000 idle connections do not keep others from being served', async () => {
    const sockets: Socket[] = [];
    for (let i = 0; i < 1000; i++) {
      const one = connectSocket(socket);
      await once(one, 'connect');
      sockets.push(one);
    }
    expect(await statusAfter([hello], LIVES_MS)).toBeUndefined();
    for (const one of sockets) one.destroy();
  });
});
