import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, sha256 } from '@oodgrid/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { SqliteStore, type UnitResult } from '../src/index.js';
import { StoredResults } from '../src/store/stored-results.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-stored-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const result = (first: number, rows: number) => {
  const data = Float32Array.from({ length: rows }, (_, i) => first + i);
  return { kind: 'scores', rows, columns: 1, data } as const;
};

/** Comparing a million numbers one by one would take minutes. */
const isResult = (found: UnitResult | undefined, first: number, rows: number) =>
  found?.kind === 'scores' &&
  Buffer.from(found.data.buffer).equals(Buffer.from(result(first, rows).data.buffer));

describe.each([true, false])('results that another thread reads, store exclusive: %s', (isExclusive) => {
  const path = join(folder, `${isExclusive}.db`);
  const store = new SqliteStore({ path, isExclusive });
  const reader = new StoredResults(path);
  afterAll(() => {
    reader.close();
    store.close();
  });
  const put = (key: Digest, first: number, rows: number) =>
    store.commit({
      records: [],
      chunks: [],
      endedLeases: [],
      results: [{ key, result: result(first, rows) }],
    });

  it('are there as soon as they are committed, before and after they are moved', () => {
    const key = (i: number) => sha256(`unit ${i}`);
    expect(reader.find(key(0))).toBeUndefined();
    for (let i = 0; i < 5; i++) {
      // Each so large that the third moves those before it.
      put(key(i), i, 1_000_000);
      expect(isResult(reader.find(key(i)), i, 1_000_000)).toBe(true);
      expect(isResult(reader.find(key(0)), 0, 1_000_000)).toBe(true);
    }
    put(key(1), 7, 10);
    if (!isExclusive) expect(reader.find(key(1))).toEqual(result(7, 10));
  });
});
