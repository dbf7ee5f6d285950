import { join } from 'node:path';
import { type Delivery, NatsHints, NatsPublisher } from '@oodgrid/transport';
import getPort from 'get-port';
import { findNatsServer, startNatsServer } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryCache } from '../support/temporary-cache.js';

const SLOTS = 64;
const BUNDLE = 8;

const cache = temporaryCache();
const log = () => undefined;
let server: ReturnType<typeof startNatsServer>;
let address: string;
let publisher: NatsPublisher;
let other: NatsPublisher;

beforeAll(async () => {
  const port = await getPort({ host: '127.0.0.1' });
  address = `127.0.0.1:${port}`;
  server = startNatsServer(findNatsServer(cache.cacheDir), join(cache.folder, 'nats'), port);
  const open = (queue: string) =>
    NatsPublisher.open({
      server: address,
      name: 'test',
      queue,
      replicas: 1,
      log,
      onReturn: () => undefined,
      onLost: () => undefined,
    });
  publisher = await vi.waitFor(() => open('mine'), { timeout: 20_000, interval: 100 });
  other = await open('other');
});
afterAll(async () => {
  await publisher.close();
  await other.close();
  server.kill('SIGKILL');
  await server;
  cache.remove();
});

const hintsOf = (pool: string, queue = 'mine') =>
  NatsHints.open({ server: address, name: 'worker', queue, log, pool, slots: SLOTS });

/** Messages in a queue, delivered or not. */
const countIn = (queue: 'mine' | 'other') => (queue === 'mine' ? publisher : other).length();

let publications = 0;

function publish(pool: string, tasks: number, to = publisher): void {
  for (let task = 0; task < tasks; task++) {
    const id = `${++publications}`;
    to.publish({ id, run: 'run', task, pool, model: 'a model', bundle: BUNDLE });
  }
}

const inOrder = (deliveries: readonly Delivery[]) =>
  deliveries.map(({ hint }) => hint.task).sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('tasks on a real NATS server', () => {
  it('arrive once each, in bundles, and never more of them than there is room for', async () => {
    const hints = await hintsOf('one');
    const taken: Delivery[] = [];
    let room = 5;
    hints.want(
      () => room - taken.length,
      (delivery) => taken.push(delivery),
    );
    publish('one', 100);
    await vi.waitFor(() => expect(taken).toHaveLength(5), 10_000);
    room = 100;
    hints.want(
      () => room - taken.length,
      (delivery) => taken.push(delivery),
    );
    await vi.waitFor(() => expect(taken).toHaveLength(100), 10_000);
    expect(inOrder(taken)).toEqual(upTo(100));
    for (const delivery of taken) delivery.ack();
    await hints.close();
  });

  it('come again with their bundle when one of them is handed back', async () => {
    const hints = await hintsOf('two');
    const taken: Delivery[] = [];
    hints.want(
      () => 100 - taken.length,
      (delivery) => taken.push(delivery),
    );
    publish('two', 2 * BUNDLE);
    await vi.waitFor(() => expect(taken).toHaveLength(2 * BUNDLE), 10_000);
    const first = taken.splice(0);
    for (const delivery of first) {
      if (delivery.hint.task === 3) delivery.nak(50);
      else delivery.ack();
    }
    await vi.waitFor(() => expect(taken).toHaveLength(BUNDLE), 10_000);
    expect(inOrder(taken)).toEqual(upTo(BUNDLE));
    for (const delivery of taken) delivery.ack();
    await hints.close();
  });

  it('are removed before others are published, also those that nobody has acknowledged', async () => {
    publish('three', 10 * BUNDLE);
    publish('kept', BUNDLE);
    await expect.poll(() => countIn('mine'), { timeout: 10_000 }).toBe(11);
    const hints = await hintsOf('three');
    const taken: Delivery[] = [];
    hints.want(
      () => 2 * BUNDLE - taken.length,
      (delivery) => taken.push(delivery),
    );
    await vi.waitFor(() => expect(taken).toHaveLength(2 * BUNDLE), 10_000);
    for (let i = 0; i < 5; i++) {
      publish('three', 10 * BUNDLE);
      publisher.clear('three');
      publish('three', 3 * BUNDLE);
    }
    await expect.poll(() => countIn('mine'), { timeout: 10_000 }).toBe(4);
    const again: Delivery[] = [];
    hints.want(
      () => 100 - again.length,
      (delivery) => again.push(delivery),
    );
    await vi.waitFor(() => expect(inOrder(again)).toEqual(upTo(3 * BUNDLE)), 10_000);
    // What is said of a message that was removed has no effect.
    for (const delivery of [...taken, ...again]) delivery.ack();
    await expect.poll(() => countIn('mine'), { timeout: 10_000 }).toBe(1);
    publisher.clear(null);
    await expect.poll(() => countIn('mine'), { timeout: 10_000 }).toBe(0);
    await hints.close();
  });

  it('of two coordinators do not meet', async () => {
    const mine = await hintsOf('shared');
    const theirs = await hintsOf('shared', 'other');
    const taken: Delivery[][] = [[], []];
    for (const [i, hints] of [mine, theirs].entries()) {
      hints.want(
        () => 100,
        (delivery) => taken[i]?.push(delivery),
      );
    }
    publish('shared', 5);
    publish('shared', 9, other);
    await vi.waitFor(() => expect(taken.map((one) => one.length)).toEqual([5, 9]), 10_000);
    publisher.clear(null);
    await expect.poll(() => countIn('mine'), { timeout: 10_000 }).toBe(0);
    expect(await countIn('other')).toBeGreaterThan(0);
    await mine.close();
    await theirs.close();
  });

  it('that a worker has no room for go back when it stops, with those that are still on their way', async () => {
    const hints = await hintsOf('four');
    const taken: Delivery[] = [];
    const back: Delivery[] = [];
    hints.want(
      () => 1 - taken.length,
      (delivery) => taken.push(delivery),
    );
    publish('four', BUNDLE);
    await vi.waitFor(() => expect(taken).toHaveLength(1), 10_000);
    hints.stop((delivery) => back.push(delivery));
    await vi.waitFor(() => expect(inOrder([...taken, ...back])).toEqual(upTo(BUNDLE)), 10_000);
    await hints.close();
  });
});
