import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { backUpStore, restoreStore, storeId, TokenStore, tokensPath } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-restored-'));
afterAll(() => rmSync(folder, { recursive: true }));
const now = () => new Date();
const tokensOf = (store: string) => new TokenStore(tokensPath(store), now, () => undefined);
const ADMIN = { role: 'admin', name: '', days: 1, by: null } as const;

describe('a store that is restored', () => {
  it('lets in those that the former one did, and nobody else', async () => {
    const [store, backup, restored] = ['store', 'backup', 'restored'].map((name) => join(folder, name));
    if (store === undefined || backup === undefined || restored === undefined) throw new Error('no folders');
    storeId(store);
    const { text, token } = tokensOf(store).create(ADMIN);
    await backUpStore(store, backup, now);
    await restoreStore(backup, restored);
    expect(statSync(tokensPath(restored)).mode & 0o777).toBe(0o600);
    expect(tokensOf(restored).authenticate(text).tokenId).toBe(token.id);
    expect(() => tokensOf(restored).authenticate(undefined)).toThrow('needs a token');
  });

  it('keeps what is known there of tokens: it may have been revoked since', async () => {
    const [store, backup] = [join(folder, 'other'), join(folder, 'other-backup')];
    storeId(store);
    const { text, token } = tokensOf(store).create(ADMIN);
    await backUpStore(store, backup, now);
    tokensOf(store).revoke(token.id, null);
    for (const name of ['store.db', 'store.db-wal', 'store.db-shm'])
      rmSync(join(store, name), { force: true });
    await restoreStore(backup, store);
    expect(() => tokensOf(store).authenticate(text)).toThrow('was revoked');
  });
});
