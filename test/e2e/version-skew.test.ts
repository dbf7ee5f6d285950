import { EXIT_CODES } from '@oodgrid/contract';
import { WIRE_VERSION } from '@oodgrid/transport';
import { describe, expect, it } from 'vitest';
import { release } from '../support/release/release.js';
import { type SyntheticSite, syntheticSites } from '../support/synthetic-site.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
let site: SyntheticSite;
const open = syntheticSites(cache, (opened) => {
  site = opened;
});
const V = WIRE_VERSION;
const PRESENT = {};
const NEXT = release(V, V + 1);
const AFTER_NEXT = release(V + 1, V + 2);
const RUN = { scores: 120, milliseconds: 40 };

const progressed = async () => {
  const before = await site.tasks('run', 'done');
  await expect.poll(() => site.tasks('run', 'done'), { timeout: 20_000 }).toBeGreaterThan(before + 5);
};

describe('a cluster that is upgraded under a run to the next wire version', () => {
  it('goes on with neighbours on both sides: nothing is lost, the digest is the same', async () => {
    await open().serve();
    const [a, b] = [site.worker('a'), site.worker('b')];
    await site.connected(2);
    await site.submit('undisturbed', { ...RUN, milliseconds: 0 });
    const { result: undisturbed } = await site.end('undisturbed');
    expect(undisturbed).toMatch(/^[0-9a-f]{64}$/);
    await site.submit('run', RUN);
    await progressed();
    site.env = NEXT;
    // A worker that is ahead of its coordinator, then one that is behind.
    await a.kill('SIGTERM');
    site.worker('a');
    await site.connected(2);
    await progressed();
    await site.coordinator?.kill('SIGTERM');
    await site.serve();
    await site.connected(2);
    await progressed();
    await b.kill('SIGTERM');
    site.worker('b');
    const { status, result } = await site.end('run');
    expect({ status, result }).toEqual({ status: 'done', result: undisturbed });
    expect((await site.client.counters()).refused_wire_version).toBeUndefined();
  }, 90_000);
});

describe('releases that are two wire versions apart', () => {
  it.each([
    [
      'worker',
      PRESENT,
      AFTER_NEXT,
      `worker w speaks wire version ${V + 1}, this coordinator ${V}: install a newer version of the coordinator`,
    ],
    [
      'coordinator',
      AFTER_NEXT,
      PRESENT,
      `worker w speaks wire version ${V}, this coordinator ${V + 1} to ${V + 2}: install a newer version of worker w`,
    ],
  ] as const)(
    'and of which the %s is ahead refuse each other, and say what to do',
    async (_who, serve, worker, message) => {
      open().env = serve;
      await site.serve();
      site.env = worker;
      const refused = site.worker('w');
      expect(await refused.closed).toBe(EXIT_CODES['invalid-input']);
      expect(refused.stderr).toContain(message);
      expect((await site.client.counters()).refused_wire_version).toBe(1);
      if (serve === AFTER_NEXT)
        await expect(site.submit('run')).rejects.toThrow(/install a newer version of the client/);
    },
    60_000,
  );
});
