import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '@oodgrid/transport';
import { afterAll, describe, expect, it } from 'vitest';
import { AuditLog } from '../../src/access/audit-log.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ENTRY: AuditEntry = {
  caller: { tokenId: 'abcdefgh', name: 'alice', role: 'submitter' },
  peer: '127.0.0.1:4711',
  certificate: 'host of alice',
  call: 'ClientService/Submit',
  subject: { run: 'run-1', name: 'a grid' },
  outcome: 'ok',
  reason: '',
};
let logs = 0;
function newLog(path = join(folder, `audit-${logs++}.jsonl`)) {
  const lines: string[] = [];
  const wallClock = () => new Date('2026-01-01T00:00:00Z');
  return { log: new AuditLog({ path, wallClock, log: (line) => lines.push(line) }), path, lines };
}
const entriesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('the audit log', () => {
  it('has a line of JSON for what was done, in a file of its owner alone', () => {
    const path = join(folder, 'open.jsonl');
    writeFileSync(path, '', { mode: 0o644 });
    newLog(path).log.note(ENTRY);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(entriesOf(path)).toEqual([
      {
        time: '2026-01-01T00:00:00.000Z',
        token: 'abcdefgh',
        name: 'alice',
        role: 'submitter',
        peer: '127.0.0.1:4711',
        certificate: 'host of alice',
        call: 'ClientService/Submit',
        subject: { run: 'run-1', name: 'a grid' },
        outcome: 'ok',
      },
    ]);
  });

  it('writes hostile texts out, cuts long ones, and stays one line each', () => {
    const { log, path } = newLog();
    const name = '\u001b[2J\n{"forged": true}\u202e';
    log.note({ ...ENTRY, subject: { name, long: 'x'.repeat(10_000) }, reason: name, certificate: name });
    const text = readFileSync(path, 'utf8');
    expect(text.trim().split('\n')).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
    expect(text.trim()).not.toMatch(/[\u0000-\u001f\u202e]/);
    const [entry] = entriesOf(path);
    expect(entry.subject.name).toBe(name);
    expect(entry.subject.long).toHaveLength(300);
    expect(text.length).toBeLessThan(2000);
  });

  it('counts what is refused beyond a hundred in ten seconds, and never what was done', () => {
    const { log, path } = newLog();
    for (let i = 0; i < 10_000; i++)
      log.note({ ...ENTRY, caller: null, outcome: 'unauthenticated', reason: 'no' });
    for (let i = 0; i < 150; i++) log.note(ENTRY);
    expect(entriesOf(path)).toHaveLength(250);
  });

  it('turns at its limit and keeps eight files', () => {
    const { log, path } = newLog();
    const subject = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key${i}`, 'x'.repeat(300)]));
    for (let i = 0; i < 2700; i++) log.note({ ...ENTRY, subject });
    const files = readdirSync(folder).filter((name) => join(folder, name).startsWith(path));
    expect(files).toHaveLength(9);
    for (const name of files) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(16 * 1024 ** 2);
  });

  it('that cannot be written is told once, and stops nobody', () => {
    const { log, lines } = newLog(join(folder, 'absent', 'audit.jsonl'));
    log.note(ENTRY);
    log.note(ENTRY);
    expect(lines).toEqual([expect.stringContaining('the audit log cannot be written')]);
    expect(existsSync(join(folder, 'absent'))).toBe(false);
  });
});
