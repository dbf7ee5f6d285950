import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { OpenCalls } from '../../src/access/open-calls.js';
import { RateLimit } from '../../src/access/rate-limit.js';
import { ConnectionGuard } from '../../src/grpc/connection-guard.js';
import { connectionLimits } from '../../src/grpc/connection-limits.js';
import { isRpcPath, OPEN_TO_ALL, RPC_RULES } from '../../src/index.js';

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
  const paths = Object.keys(RPC_RULES).filter(isRpcPath);

  it.each(paths)('of %s are at most so many, and half of them of one caller', (path) => {
    const calls = new OpenCalls({
      authenticator: OPEN_TO_ALL,
      onTokenOver: () => undefined,
      onHostile: () => undefined,
    });
    const { maxOpen } = RPC_RULES[path];
    const half = Math.ceil(maxOpen / 2);
    const by = (tokenId: string) => ({
      caller: { tokenId, name: '', role: 'admin' as const },
      path,
      connection: { address: 'a', port: 1 },
      end: () => undefined,
    });
    const [first] = Array.from({ length: half }, () => calls.add(by('greedy')));
    if (maxOpen > half) expect(() => calls.add(by('greedy'))).toThrow('are open by one caller');
    for (let i = half; i < maxOpen; i++) calls.add(by(`honest ${i % 2}`));
    expect(() => calls.add(by('one more'))).toThrow(`${maxOpen} calls of this kind are open`);
    const other = paths.find((one) => one !== path) ?? path;
    calls.add({ ...by('greedy'), path: other });
    if (first === undefined) throw new Error('none is let in');
    expect([calls.leave(first), calls.leave(first)]).toEqual([true, false]);
    calls.add(by('one more'));
    expect(() => calls.add(by('one more'))).toThrow(`${maxOpen} calls of this kind are open`);
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
      { maxConnections: 100, maxOfCaller: 100, maxPending: 100, admitMs: 60_000, ...limits },
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
    expect(guard.begin('127.0.0.1', caller.localPort ?? 0, 'a')).toBe(true);
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

  it('beyond the limit are ended at once where all others are in use', async () => {
    const { guard, refused, open } = await guarded({ maxConnections: 1 });
    const first = await open();
    await expect.poll(() => guard.size).toBe(1);
    guard.begin('127.0.0.1', first.localPort ?? 0, 'somebody');
    await isOver(await open());
    expect(first.destroyed).toBe(false);
    expect(refused).toEqual(['connections']);
    first.destroy();
    await expect.poll(() => guard.size).toBe(0);
  });

  it('of a caller beyond its share take the place of its own that it does not use, and of nobody else', async () => {
    const { guard, refused, open } = await guarded({ maxOfCaller: 2 });
    const began = (socket: Socket, caller: string) => guard.begin('127.0.0.1', socket.localPort ?? 0, caller);
    const [honest, idle, busy, more] = [await open(), await open(), await open(), await open()];
    await expect.poll(() => guard.size).toBe(4);
    expect([began(honest, 'honest'), began(idle, 'greedy'), began(busy, 'greedy')]).toEqual([
      true,
      true,
      true,
    ]);
    for (const socket of [honest, idle]) guard.end('127.0.0.1', socket.localPort ?? 0);
    expect(began(more, 'greedy')).toBe(true);
    await isOver(idle);
    expect(began(await open(), 'greedy')).toBe(false);
    expect([honest.destroyed, busy.destroyed, more.destroyed]).toEqual([false, false, false]);
    expect(refused).toEqual(['idle_connection']);
  });

  it('that are one too many in all take the place of the one that was used least lately', async () => {
    const { guard, refused, open } = await guarded({ maxConnections: 3 });
    const sockets = [await open(), await open(), await open()];
    await expect.poll(() => guard.size).toBe(3);
    for (const { localPort = 0 } of sockets) guard.begin('127.0.0.1', localPort, 'somebody');
    const [first, second, third] = sockets;
    // The first has a call open all the while, the third was used before the second.
    for (const socket of [third, second]) guard.end('127.0.0.1', socket?.localPort ?? 0);
    const fourth = await open();
    if (third !== undefined) await isOver(third);
    expect([first?.destroyed, second?.destroyed, fourth.destroyed]).toEqual([false, false, false]);
    expect(refused).toEqual(['idle_connection']);
  });

  it('leave files for the store, however few a process may have', () => {
    expect(connectionLimits(Number.POSITIVE_INFINITY)).toMatchObject({
      maxConnections: 10_000,
      maxPending: 500,
    });
    expect(connectionLimits(1024)).toMatchObject({ maxConnections: 512, maxOfCaller: 256, maxPending: 128 });
    expect(connectionLimits(256)).toMatchObject({ maxConnections: 64, maxPending: 16 });
  });
});
