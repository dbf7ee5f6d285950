import { join } from 'node:path';
import { findNatsServer } from 'ood-cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestNatsCluster } from '../support/nats-cluster.js';
import { type SyntheticSite, syntheticSites } from '../support/synthetic-site.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
let site: SyntheticSite;
const open = syntheticSites(cache, (opened) => {
  site = opened;
});
let nats: TestNatsCluster;

beforeAll(async () => {
  nats = await TestNatsCluster.start(findNatsServer(cache.cacheDir), join(cache.folder, 'nats'));
}, 90_000);
afterAll(() => nats.close());

describe('a queue on three NATS servers', () => {
  it('goes on when the server that leads it is lost: every task is done once, with the same results', async () => {
    await open().serve(nats.address, '--nats-replicas', '3');
    for (const id of ['a', 'b']) site.worker(id, '--nats', nats.address);
    await site.connected(2);
    await site.submit('before', { scores: 40 });
    const { result: expected } = await site.end('before');
    await site.submit('during', { scores: 200 });
    await expect.poll(() => site.tasks('during', 'done')).toBeGreaterThan(20);
    const leader = await nats.leader();
    expect(leader).toBeDefined();
    leader?.child.kill('SIGKILL');
    await leader?.child;
    const lost = await site.tasks('during', 'done');
    expect(lost).toBeLessThan(150);
    expect((await site.end('during')).status).toBe('done');
    expect(await nats.leader()).not.toBe(leader);
    // The servers that are left take new queues' messages as well.
    await site.submit('after', { scores: 40 });
    const after = await site.end('after');
    expect(after.status).toBe('done');
    expect(after.result).toBe(expected);
  }, 120_000);
});
