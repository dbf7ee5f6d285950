import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { OpenCalls } from '../../src/access/open-calls.js';
import { RateLimit } from '../../src/access/rate-limit.js';
import { ConnectionGuard } from '../../src/grpc/connection-guard.js';
import { OPEN_TO_ALL } from '../../src/index.js';

describe('a rate limit', () => {
  it('lets a burst through, then so many a second, each key for itself', () => {
    const limit = new RateLimit(3, 10);
    const taken = (key: string, nowMs: number) => limit.waitMs(key, nowMs) === 0;
    expect([0, 0, 0, 0].map((at) => taken('a', at))).toEqual([true, true, true, false]);
    expect(limit.waitMs('a', 0)).toBe(100);
    expect(taken('b', 0)).toBe(true);
    expect([100, 100, 200].map((at) => taken('a', at))).toEqual([true, false, true]);
    // Rest does not add up to more than a burst.
    expect(Array.from({ length: 5 }, () => taken('a', 1e9))).toEqual([true, true, true, false, false]);
  });

  it('remembers no more keys than a fixed number', () => {
    const limit = new RateLimit(1, 1);
    for (let i = 0; i < 30_000; i++) limit.waitMs(`key-${i}`, 0);
    expect(limit.size).toBe(10_000);
  });
});

describe('calls that are open', () => {
  it('are at most so many of each kind', () => {
    const calls = new OpenCalls({
      authenticator: OPEN_TO_ALL,
      onTokenOver: () => undefined,
      onHostile: () => undefined,
    });
    const call = {
      caller: OPEN_TO_ALL.authenticate(undefined),
      path: '/oodgrid.v1.ClientService/Submit',
      connection: { address: 'a', port: 1 },
      end: () => undefined,
    } as const;
    const open = Array.from({ length: 16 }, () => calls.add(call));
    expect(() => calls.add(call)).toThrow('16 calls of this kind are open');
    calls.add({ ...call, path: '/oodgrid.v1.ClientService/GetRun' });
    for (const one of open.slice(0, 1)) {
      calls.leave(one);
      calls.leave(one);
    }
    calls.add(call);
    expect(() => calls.add(call)).toThrow('16 calls of this kind are open');
    calls.close();
  });
});

describe('connections', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  async function guarded(limits: Partial<ConstructorParameters<typeof ConnectionGuard>[0]>) {
    const refused: string[] = [];
    const guard = new ConnectionGuard(
      { maxConnections: 100, maxPending: 100, admitMs: 60_000, ...limits },
      (reason) => refused.push(reason),
    );
    const server: Server = createServer((socket) => guard.accept(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const open = () =>
      new Promise<Socket>((resolve) => {
        const socket = createConnection({ host: '127.0.0.1', port }, () => resolve(socket));
        socket.on('error', () => undefined);
        socket.resume();
        closing.push(() => socket.destroy());
      });
    closing.push(() => {
      guard.close();
      server.close();
    });
    return { guard, refused, open };
  }
  const isOver = (socket: Socket) => expect.poll(() => socket.destroyed, { timeout: 5000 }).toBe(true);

  it('that make no call in time are ended; those that did stay', async () => {
    const { guard, refused, open } = await guarded({ admitMs: 300 });
    const [silent, caller] = [await open(), await open()];
    await expect.poll(() => guard.size).toBe(2);
    guard.admit('127.0.0.1', caller.localPort ?? 0);
    await isOver(silent);
    expect(caller.destroyed).toBe(false);
    expect(refused).toEqual(['idle_connection']);
    expect(guard.size).toBe(1);
  });

  it('that wait longest for their first call make room for others', async () => {
    const { guard, refused, open } = await guarded({ maxPending: 2 });
    const sockets = [];
    for (let i = 0; i < 4; i++) {
      sockets.push(await open());
      await expect.poll(() => guard.size + refused.length).toBe(i + 1);
    }
    const [first, second, third, fourth] = sockets;
    if (first !== undefined && second !== undefined)
      for (const socket of [first, second]) await isOver(socket);
    expect([third?.destroyed, fourth?.destroyed]).toEqual([false, false]);
    expect(refused).toEqual(['pending_connections', 'pending_connections']);
  });

  it('beyond the limit are ended at once', async () => {
    const { guard, refused, open } = await guarded({ maxConnections: 1 });
    const first = await open();
    await expect.poll(() => guard.size).toBe(1);
    await isOver(await open());
    expect(first.destroyed).toBe(false);
    expect(refused).toEqual(['connections']);
    first.destroy();
    await expect.poll(() => guard.size).toBe(0);
  });
});
