import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { type ConnectRequest, type ConnectResponse, WorkerServiceClient } from '@oodgrid/protocol/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveWorkers, type WorkerServer } from '../src/index.js';
import { KEY, ScriptedHandler } from './scripted-handler.js';

type Message = ConnectRequest['message'];

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-bad-'));
const address = `unix:${join(folder, 's.sock')}`;
let server: WorkerServer;
const handler = new ScriptedHandler();

beforeAll(async () => {
  server = await serveWorkers(handler, { address });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Sends raw messages on one connection and returns the replies to each. */
function replies(messages: readonly Message[]): Promise<ConnectResponse['reply'][]> {
  const client = new WorkerServiceClient(address, credentials.createInsecure());
  const call = client.connect();
  return new Promise((resolve, reject) => {
    const got: ConnectResponse['reply'][] = [];
    call.on('data', ({ reply }: ConnectResponse) => {
      got.push(reply);
      if (got.length < messages.length) return;
      call.end();
      client.close();
      resolve(got);
    });
    call.on('error', reject);
    for (const [i, message] of messages.entries()) call.write({ sequence: i + 1, message });
  });
}

const register: Message = {
  $case: 'register',
  register: {
    workerId: 'raw',
    numericsClass: 'test',
    engineKind: 'k',
    engineVersion: '1',
    device: 'cpu',
    pid: 1,
  },
};
const lease = { taskId: 't', attempt: 1, token: 'x' };
const chunk = {
  lease,
  key: KEY,
  offsetRows: 0,
  rows: 1,
  columns: 1,
  data: Buffer.alloc(4),
  crc32: 0x2144df1c,
};

describe('a malformed message is refused and the connection lives on', () => {
  it.each([
    ['a wrong checksum', { $case: 'chunk', chunk: { ...chunk, crc32: 1 } }],
    ['rows that do not fit the bytes', { $case: 'chunk', chunk: { ...chunk, rows: 2 } }],
    ['a key that is no digest', { $case: 'chunk', chunk: { ...chunk, key: '../../etc' } }],
    ['no lease', { $case: 'chunk', chunk: { ...chunk, lease: undefined } }],
    ['nothing at all', undefined],
    ['a second registration', register],
  ] satisfies [string, Message][])('%s', async (_name, message) => {
    const [first, second, third] = await replies([register, message, { $case: 'chunk', chunk }]);
    expect(first?.$case).toBe('accepted');
    expect(second).toMatchObject({ $case: 'refused', refused: { code: 'invalid-input' } });
    expect(third?.$case).toBe('accepted');
  });

  it('work before registration', async () => {
    const [reply] = await replies([{ $case: 'chunk', chunk }]);
    expect(reply).toMatchObject({ $case: 'refused', refused: { code: 'invalid-input' } });
  });

  it('an oversized message ends its connection, and only that', async () => {
    const huge: Message = { $case: 'chunk', chunk: { ...chunk, data: Buffer.alloc(2 * 1024 * 1024) } };
    await expect(replies([register, huge])).rejects.toThrow(/larger/);
    expect((await replies([register]))[0]?.$case).toBe('accepted');
  });
});
