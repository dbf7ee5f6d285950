import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@oodgrid/contract';
import { type JournalRecord, SqliteStore, type Store, type StoreBatch } from '@oodgrid/coordinator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Crash, DiskStore, SimulatedDisk, type WriteFate } from './src/disk-store.js';

const record = (run: string): JournalRecord => ({ kind: 'paused', run });
const batch = (part: Partial<StoreBatch>): StoreBatch => ({
  records: [],
  chunks: [],
  endedLeases: [],
  results: [],
  ...part,
});
const KEY = sha256('key');
const scores = (...values: number[]) =>
  ({ kind: 'scores', rows: values.length, columns: 1, data: Float32Array.from(values) }) as const;
const rows = (token: string, offsetRows: number) =>
  ({
    kind: 'rows',
    token,
    key: KEY,
    offsetRows,
    rows: 1,
    columns: 2,
    data: Float32Array.of(offsetRows, 0.1),
  }) as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Subject {
  readonly open: () => Store;
}

const sqlite = (): Subject => ({
  open: () => new SqliteStore({ path: join(folder, 'store.db'), isExclusive: true }),
});
function simulated(): Subject {
  const disk = new SimulatedDisk('q');
  return {
    open: () => {
      disk.crash(() => false);
      return new DiskStore(disk, () => 'whole');
    },
  };
}

describe.each([
  ['SQLite', sqlite],
  ['the simulated disk', simulated],
])('a store on %s', (_name, make) => {
  it('gives back after a restart what was committed, in its order', () => {
    const { open } = make();
    const first = open();
    first.commit(batch({ records: [record('a'), record('b')] }));
    first.commit(batch({ records: [record('c')], chunks: [rows('t', 0), rows('t', 5), rows('u', 1)] }));
    first.commit(batch({ results: [{ key: KEY, result: scores(1, 0.1, -0) }] }));
    first.close();
    const second = open();
    expect([...second.records()].map(({ run }) => run)).toEqual(['a', 'b', 'c']);
    expect([...second.chunks()]).toEqual([rows('t', 0), rows('t', 5), rows('u', 1)]);
    expect(second.find(KEY)).toEqual(scores(1, Math.fround(0.1), -0));
    expect(second.find(sha256('other'))).toBeUndefined();
    second.close();
  });

  it('forgets the chunks of leases that ended, and keeps the last result of a key', () => {
    const { open } = make();
    const first = open();
    const blob = sha256('state');
    first.commit(batch({ chunks: [rows('t', 0), { kind: 'fitted', token: 'u', key: KEY, blob }] }));
    first.commit(batch({ endedLeases: ['t'], results: [{ key: KEY, result: scores(1) }] }));
    first.commit(batch({ results: [{ key: KEY, result: scores(2) }] }));
    expect(first.find(KEY)).toEqual(scores(2));
    first.close();
    const second = open();
    expect([...second.chunks()]).toEqual([{ kind: 'fitted', token: 'u', key: KEY, blob }]);
    expect([...second.fittedBlobs()]).toEqual([blob]);
    expect(second.find(KEY)).toEqual(scores(2));
    second.close();
  });

  it('forgets the chunks that a former process wrote when their lease ends', () => {
    const { open } = make();
    const first = open();
    first.commit(batch({ chunks: [rows('t', 0), rows('u', 1)] }));
    first.close();
    const second = open();
    second.commit(batch({ endedLeases: ['t'] }));
    second.close();
    const third = open();
    expect([...third.chunks()]).toEqual([rows('u', 1)]);
    third.close();
  });

  it('keeps every result of a commit, however many there are', () => {
    const { open } = make();
    const first = open();
    const results = Array.from({ length: 75 }, (_, i) => ({ key: sha256(`${i}`), result: scores(i, -i) }));
    first.commit(batch({ results: [...results, { key: KEY, result: { kind: 'fitted', blob: KEY } }] }));
    first.close();
    const second = open();
    for (const { key, result } of results) expect(second.find(key)).toEqual(result);
    expect(second.find(KEY)).toEqual({ kind: 'fitted', blob: KEY });
    second.close();
  });
});

describe('the simulated disk', () => {
  const after = (fate: WriteFate, survives: boolean) => {
    const disk = new SimulatedDisk('q');
    let next: WriteFate = 'whole';
    const store = new DiskStore(disk, () => next);
    store.commit(batch({ records: [record('before')] }));
    next = fate;
    const commit = () => store.commit(batch({ records: [record('at')] }));
    if (fate === 'full') expect(commit).toThrow(/full/);
    else if (fate !== 'whole') expect(commit).toThrow(Crash);
    else commit();
    disk.crash(() => survives);
    return [...new DiskStore(disk, () => 'whole').records()].map(({ run }) => run);
  };

  it.each<[WriteFate, boolean, readonly string[]]>([
    ['whole', false, ['before', 'at']],
    ['full', true, ['before']],
    ['crash-before', true, ['before']],
    ['crash-torn', true, ['before']],
    ['crash-unsynced', false, ['before']],
    ['crash-unsynced', true, ['before', 'at']],
    ['crash-after', false, ['before', 'at']],
  ])('drops what was not synced: %s, %s', (fate, survives, expected) => {
    expect(after(fate, survives)).toEqual(expected);
  });
});

describe('SQLite', () => {
  it('is synced at every commit, and refuses a second coordinator', () => {
    const { open } = sqlite();
    const store = open();
    expect(() => open()).toThrow(/another coordinator works on this store/);
    store.close();
    open().close();
  });

  it('is shared between processes where only results are kept', () => {
    const path = join(folder, 'scores.db');
    const [a, b] = [1, 2].map(() => new SqliteStore({ path, isExclusive: false }));
    a?.commit(batch({ records: [record('a')], results: [{ key: KEY, result: scores(1) }] }));
    expect(b?.find(KEY)).toEqual(scores(1));
    expect([...(b?.records() ?? [])]).toEqual([]);
    a?.close();
    b?.close();
  });

  it('moves many results to their places and finds each of them, also after a restart', () => {
    const { open } = sqlite();
    const store = open();
    const keys = Array.from({ length: 45_000 }, (_, i) => sha256(`${i}`));
    for (let from = 0; from < keys.length; from += 1000) {
      const results = keys.slice(from, from + 1000).map((key, i) => ({ key, result: scores(from + i) }));
      store.commit(batch({ results }));
    }
    const wrong = (one: Store) =>
      keys.filter((key, i) => {
        const found = one.find(key);
        return found?.kind !== 'scores' || found.data[0] !== i;
      });
    expect(wrong(store)).toEqual([]);
    store.close();
    const again = open();
    expect(wrong(again)).toEqual([]);
    again.close();
  });

  it('takes a snapshot in the place of its journal', () => {
    const { open } = sqlite();
    const store = open();
    for (let i = 0; i < 50; i++) store.commit(batch({ records: [record(`r${i}`)] }));
    store.compact([record('short')]);
    store.commit(batch({ records: [record('next')] }));
    store.close();
    const again = open();
    expect([...again.records()].map(({ run }) => run)).toEqual(['short', 'next']);
    again.close();
  });

  it('says which file is no store', () => {
    writeFileSync(
      join(folder, 'store.db'),
      'this is no database, and it is long enough to be looked at'.repeat(100),
    );
    expect(() => sqlite().open()).toThrow(/store\.db: the store could not be opened/);
  });
});

it('results of former versions that are not finite are not found, so that they are computed again', () => {
  const path = join(folder, 'scores.db');
  const [sound, broken] = [sha256('sound'), sha256('broken')];
  const former = new SqliteStore({ path, isExclusive: false });
  former.commit(
    batch({
      results: [
        { key: sound, result: scores(1, 2) },
        { key: broken, result: scores(1, Number.NaN) },
      ],
    }),
  );
  former.close();
  const store = new SqliteStore({ path, isExclusive: false });
  expect(store.find(sound)).toEqual(scores(1, 2));
  expect(store.find(broken)).toBeUndefined();
  store.close();
});
