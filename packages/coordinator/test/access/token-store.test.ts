import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { TokenStore } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function newStore(path = join(folder, `tokens-${files++}.jsonl`)) {
  const lines: string[] = [];
  const store = new TokenStore(
    path,
    () => new Date('2026-01-01T00:00:00Z'),
    (line) => lines.push(line),
  );
  return { store, path, lines };
}
const alice = { role: 'submitter', name: 'alice', days: 30, by: null } as const;

describe('the tokens of a coordinator', () => {
  it('are needed from the first one on, and stay needed when it is revoked or the file is gone', async () => {
    const { store, path } = newStore();
    expect(store.isInUse).toBe(false);
    expect(store.authenticate(undefined)).toEqual({ tokenId: null, name: '', role: 'admin' });
    const { text, token } = store.create(alice);
    expect(store.authenticate(text)).toEqual({ tokenId: token.id, name: 'alice', role: 'submitter' });
    expect(() => store.authenticate(undefined)).toThrow('needs a token');
    store.revoke(token.id, null);
    expect(() => store.authenticate(text)).toThrow('was revoked');
    unlinkSync(path);
    await sleep(250);
    expect(() => store.authenticate(undefined)).toThrow('needs a token');
    expect(store.isWelcome({ tokenId: null, name: '', role: 'admin' })).toBe(false);
  });

  it('lie hashed in a file that only its owner may read', () => {
    const { store, path } = newStore();
    const { text } = store.create(alice);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const kept = readFileSync(path, 'utf8');
    expect(kept).not.toContain(text.slice(15));
    expect(kept).not.toContain(text.slice(15, 58));
    expect(JSON.parse(kept.trim()).sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('that another process makes or revokes are known at once', async () => {
    const { store, path } = newStore();
    const other = newStore(path).store;
    const { text, token } = store.create(alice);
    await sleep(250);
    expect(other.authenticate(text).tokenId).toBe(token.id);
    store.revoke(token.id, null);
    await sleep(250);
    expect(other.isWelcome({ tokenId: token.id, name: 'alice', role: 'submitter' })).toBe(false);
  });

  it('a revocation is not swallowed by a line that a crash has cut off', () => {
    const { store, path } = newStore();
    const { token } = store.create(alice);
    appendFileSync(path, '\n{"kind":"created","id":"ab');
    expect(() => newStore(path)).toThrow(`${path}:4 is no record of a token`);
    // The cut line alone is lost: what is appended later stands on a line of its own.
    const revoked = JSON.stringify({ kind: 'revoked', id: token.id, at: '2026-01-02T00:00:00Z', by: null });
    const text = `${readFileSync(path, 'utf8')}\n${revoked}\n`;
    writeFileSync(
      path,
      text
        .split('\n')
        .filter((line) => !line.endsWith('"ab'))
        .join('\n'),
    );
    expect(newStore(path).store.all[0]?.revokedAt).toBe('2026-01-02T00:00:00Z');
  });

  it('a file that becomes unreadable changes nothing and is told once', async () => {
    const { store, path, lines } = newStore();
    const { text } = store.create(alice);
    appendFileSync(path, '\nnonsense\n');
    await sleep(250);
    expect(store.authenticate(text).name).toBe('alice');
    await sleep(250);
    expect(store.authenticate(text).name).toBe('alice');
    expect(lines).toEqual([expect.stringContaining('going on with the tokens known before')]);
  });

  it.each([
    [{ ...alice, days: 0 }, 'lasts 1 to 3650 days'],
    [{ ...alice, days: 1.5 }, 'lasts 1 to 3650 days'],
    [{ ...alice, name: 'a\u001b[31m' }, 'characters that can be seen'],
    [{ ...alice, name: 'a'.repeat(101) }, 'at most 100 characters'],
  ])('%o is refused', (wanted, message) => {
    const { store } = newStore();
    expect(() => store.create(wanted)).toThrow(message);
    expect(store.isInUse).toBe(false);
  });

  it('only those that were made can be revoked', () => {
    expect(() => newStore().store.revoke('00000000', null)).toThrow('no token "00000000" was made here');
  });
});
