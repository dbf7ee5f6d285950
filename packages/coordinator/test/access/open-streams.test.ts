import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type handleBidiStreamingCall, status } from '@grpc/grpc-js';
import { WorkerServiceService } from '@oodgrid/contract/wire';
import { type GrpcServer, serveGrpc } from '@oodgrid/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenStore } from '../../src/index.js';
import { type AnyMethod, openStream } from './stub-server.js';

const CONNECT: AnyMethod = WorkerServiceService.connect;
const folder = mkdtempSync(join(tmpdir(), 'oodgrid-streams-'));
let now = Date.parse('2026-01-01T00:00:00Z');
const tokens = new TokenStore(
  join(folder, 'tokens.jsonl'),
  () => new Date(now),
  () => undefined,
);
let server: GrpcServer;
let address: string;
/** Messages that reached the handler, and calls that it was told the end of. */
let received = 0;
let ended = 0;
/** Says something to every caller, again and again. */
let isTalkative = false;

beforeAll(async () => {
  const connect: handleBidiStreamingCall<object, object> = (call) => {
    const talk = setInterval(() => isTalkative && call.write(Buffer.alloc(0)), 1);
    call.on('data', () => received++);
    call.on('error', () => undefined);
    call.on('cancelled', () => {
      clearInterval(talk);
      ended++;
    });
    call.write(CONNECT.responseDeserialize(Buffer.alloc(0)));
  };
  const big = { ...CONNECT, responseSerialize: () => Buffer.alloc(64 * 1024) };
  const definition = { connect: big };
  server = await serveGrpc('127.0.0.1:0', [{ definition, implementation: { connect } }], {
    authenticator: tokens,
  });
  address = `127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const raw: AnyMethod = { ...CONNECT, responseDeserialize: (bytes: Buffer) => bytes };
const opened = async (text: string) => {
  const before = received;
  const stream = openStream(address, raw, text);
  await expect.poll(() => received).toBe(before + 1);
  return stream;
};
const statusOf = (call: { on(event: 'status', told: (said: { code: status }) => void): unknown }) =>
  new Promise<status>((resolve) => call.on('status', ({ code }) => resolve(code)));

describe('a stream that is open', () => {
  it('ends within a second when its token is revoked, and its handler is told', async () => {
    const { text, token } = tokens.create({ role: 'worker', name: '', days: 30, by: null });
    const { call, close } = await opened(text);
    call.resume();
    const code = statusOf(call);
    const endedBefore = ended;
    const at = performance.now();
    tokens.revoke(token.id, null);
    expect(await code).toBe(status.UNAUTHENTICATED);
    expect(performance.now() - at).toBeLessThan(1000);
    await expect.poll(() => ended).toBe(endedBefore + 1);
    close();
  });

  it('ends when its token expires', async () => {
    const { text } = tokens.create({ role: 'worker', name: '', days: 1, by: null });
    const { call, close } = await opened(text);
    call.resume();
    const code = statusOf(call);
    now += 24 * 60 * 60_000;
    expect(await code).toBe(status.UNAUTHENTICATED);
    close();
  });

  it('ends as well when its caller reads nothing, and nothing that it says after the revocation is heard', async () => {
    const { text, token } = tokens.create({ role: 'worker', name: '', days: 30, by: null });
    const { call, close } = await opened(text);
    call.pause();
    isTalkative = true;
    // More than the windows of stream and connection hold: the end of the call cannot reach the caller.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const endedBefore = ended;
    tokens.revoke(token.id, null);
    const chatter = setInterval(() => call.write({ messages: [] }), 5);
    await expect.poll(() => ended, { timeout: 5000 }).toBe(endedBefore + 1);
    isTalkative = false;
    clearInterval(chatter);
    const heard = received;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(received).toBe(heard);
    close();
  });
});
