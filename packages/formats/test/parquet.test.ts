import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isParquet, openParquet } from '../src/parquet.js';

const bytes = readFileSync(new URL('../../models/test/fixtures/features/lists.parquet', import.meta.url));

describe('a Parquet file', () => {
  it('lists its columns, and gives them as arrays', async () => {
    expect(isParquet(bytes)).toBe(true);
    const file = openParquet(bytes, 'x.parquet');
    expect(file.list()).toEqual([
      { key: 'features', title: 'list of float32 [9 rows]' },
      { key: 'logits', title: 'list of float32 [9 rows]' },
      { key: 'labels', title: 'int64', shape: [9] },
      { key: 'block', title: 'list of list of list of float32 [9 rows]' },
    ]);
    expect(await file.read('labels')).toEqual({
      dtype: 'int64',
      shape: [9],
      data: BigInt64Array.from([0n, 1n, 2n, 0n, 1n, 2n, 0n, 1n, 2n]),
    });
    expect((await file.read('block')).shape).toEqual([9, 2, 3, 4]);
  });

  it('that needs more memory than there is is refused before it is decoded', async () => {
    await expect(openParquet(bytes, 'x.parquet', () => 1000).read('features')).rejects.toMatchObject({
      code: 'resource-exhausted',
      message: expect.stringContaining('x.parquet: column "features" has 45 values and needs 1 MiB'),
    });
  });

  it('that is cut, or of which any byte is another, is read or refused with one kind of error', async () => {
    for (let at = 0; at < bytes.length; at += 9) {
      const damaged = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 0x55 : byte));
      for (const file of [damaged, bytes.subarray(0, at)]) {
        const reading = (async () => {
          const opened = openParquet(file, 'x.parquet', () => 1e7);
          for (const key of opened.keys) await opened.read(key);
        })();
        await reading.catch((error: unknown) =>
          expect(error).toMatchObject({ code: expect.stringMatching(/^(corrupt-data|resource-exhausted)$/) }),
        );
      }
    }
  }, 60_000);
});
