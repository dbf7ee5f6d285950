import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OodError } from '@oodgrid/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectWorker, serveWorkers, type WorkerConnection, type WorkerServer } from '../src/index.js';
import { KEY, ScriptedHandler, TASK, worker } from './scripted-handler.js';

let folder: string;
let address: string;
let handler: ScriptedHandler;
let server: WorkerServer;
const connections: WorkerConnection[] = [];
const { signal } = new AbortController();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-grpc-'));
  address = `unix:${join(folder, 's.sock')}`;
  handler = new ScriptedHandler();
  server = await serveWorkers(handler, { address });
});

afterEach(async () => {
  handler.queue.drain();
  for (const connection of connections.splice(0)) await connection.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function connect(workerId = 'w1'): Promise<WorkerConnection> {
  const connection = await connectWorker({ address, worker: worker(workerId) });
  connections.push(connection);
  return connection;
}

async function leased(connection: WorkerConnection, taskId = 't1') {
  handler.queue.offer(taskId, 0);
  const lease = await connection.queue.pull(signal);
  if (lease === undefined) throw new Error('no task came');
  return lease;
}

const refOf = ({ taskId, attempt, token }: { taskId: string; attempt: number; token: string }) => ({
  taskId,
  attempt,
  token,
});

describe('gRPC over a unix socket', () => {
  it('registers a worker and says who it is', async () => {
    await connect();
    expect(handler.registered).toEqual([worker('w1')]);
  });

  it('turns a worker away with the reason', async () => {
    const stranger = { ...worker('w2'), numericsClass: 'other' };
    await expect(connectWorker({ address, worker: stranger })).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });

  it('hands a task over whole, renews and takes it back', async () => {
    const connection = await connect();
    const lease = await leased(connection);
    expect(lease.task).toEqual(TASK);
    expect(await lease.renew()).toBe(true);
    await lease.release();
    expect(handler.released).toEqual([refOf(lease)]);
  });

  it('carries rows bit for bit and in order, in pieces of at most 256 KiB', async () => {
    const connection = await connect();
    const ref = refOf(await leased(connection));
    const rows = 5000;
    const columns = 88;
    const data = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i) * 10 ** ((i % 60) - 30));
    await connection.reporter.send({ kind: 'chunk', ...ref, key: KEY, offsetRows: 7, rows, columns, data });
    const got = new Float32Array(rows * columns);
    let next = 7;
    for (const message of handler.accepted) {
      if (message.kind !== 'chunk') throw new Error('only chunks were sent');
      expect(message.offsetRows).toBe(next);
      expect(message.data.byteLength).toBeLessThanOrEqual(256 * 1024);
      got.set(message.data, (message.offsetRows - 7) * columns);
      next += message.rows;
    }
    expect(handler.accepted.length).toBeGreaterThan(1);
    expect(got).toEqual(data);
  });

  it('carries every other message', async () => {
    const connection = await connect();
    const ref = refOf(await leased(connection));
    const work = { images: 1, forwards: 2 ** 40, gradients: 3 };
    const messages = [
      { kind: 'fitted', ...ref, key: KEY, blob: KEY },
      { kind: 'progress', ...ref, work },
      { kind: 'failed', ...ref, code: 'resource-exhausted', message: 'no memory', retryable: true },
      { kind: 'done', ...ref, work, seconds: 1.5 },
    ] as const;
    for (const message of messages) await connection.reporter.send(message);
    expect(handler.accepted).toEqual(messages);
  });

  it('acknowledges only when the coordinator has stored the message', async () => {
    const connection = await connect();
    const ref = refOf(await leased(connection));
    let open = () => {};
    handler.gate = new Promise((resolve) => {
      open = resolve;
    });
    let isAcknowledged = false;
    const sent = connection.reporter.send({ kind: 'fitted', ...ref, key: KEY, blob: KEY }).then(() => {
      isAcknowledged = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isAcknowledged).toBe(false);
    open();
    await sent;
    expect(isAcknowledged).toBe(true);
  });

  it('brings a refusal back with its code', async () => {
    const connection = await connect();
    const ref = refOf(await leased(connection));
    handler.refusal = new OodError('cancelled', 'stale');
    await expect(
      connection.reporter.send({ kind: 'fitted', ...ref, key: KEY, blob: KEY }),
    ).rejects.toMatchObject({ code: 'cancelled', message: 'stale' });
  });

  it('withdraws a pull', async () => {
    const connection = await connect();
    const controller = new AbortController();
    const pulled = connection.queue.pull(controller.signal);
    controller.abort();
    await expect(pulled).rejects.toMatchObject({ code: 'cancelled' });
    // What is offered later waits for the next pull.
    expect((await leased(connection, 'later')).taskId).toBe('later');
  });

  it('says when the run is drained', async () => {
    const connection = await connect();
    const pulled = connection.queue.pull(signal);
    handler.queue.drain();
    expect(await pulled).toBeUndefined();
  });

  it('tells workers that the coordinator has gone', async () => {
    const connection = await connect();
    const pulled = connection.queue.pull(signal);
    await Promise.all([expect(pulled).rejects.toMatchObject({ code: 'unavailable' }), server.close()]);
    await expect(connection.queue.pull(signal)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('cannot be reached where nobody listens', async () => {
    const nowhere = `unix:${join(folder, 'nobody.sock')}`;
    await expect(connectWorker({ address: nowhere, worker: worker('w') })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('learns once that a worker process was killed', async () => {
    const child = fork(fileURLToPath(new URL('./fixtures/idle-worker.mjs', import.meta.url)), [address]);
    await vi.waitFor(
      () => expect(handler.registered.map(({ workerId }) => workerId)).toEqual(['idle']),
      10_000,
    );
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(handler.gone).toEqual(['idle']), 10_000);
  });
});
