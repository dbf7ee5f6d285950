import { join } from 'node:path';
import { type Delivery, NatsHints, NatsPublisher } from '@oodgrid/transport';
import { findNatsServer, freePort, startNatsServer } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryCache } from '../support/temporary-cache.js';

const SLOTS = 64;
const BUNDLE = 8;

const cache = temporaryCache();
const log = () => undefined;
let server: ReturnType<typeof startNatsServer>;
let address: string;
let publisher: NatsPublisher;

beforeAll(async () => {
  const port = await freePort();
  address = `127.0.0.1:${port}`;
  server = startNatsServer(findNatsServer(cache.cacheDir), join(cache.folder, 'nats'), port);
  publisher = await vi.waitFor(
    () =>
      NatsPublisher.open({
        server: address,
        name: 'test',
        log,
        onReturn: () => undefined,
        onLost: () => undefined,
      }),
    { timeout: 20_000, interval: 100 },
  );
});
afterAll(async () => {
  await publisher.close();
  const closed = new Promise((resolve) => server.once('close', resolve));
  server.kill('SIGKILL');
  await closed;
  cache.remove();
});

const hintsOf = (pool: string) =>
  NatsHints.open({ server: address, name: 'worker', log, pool, slots: SLOTS });

function publish(pool: string, tasks: number): void {
  for (let task = 0; task < tasks; task++) {
    const id = `${pool}:${task}`;
    publisher.publish({ id, run: 'run', task, priority: 0, pool, model: 'a model', bundle: BUNDLE });
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
});
