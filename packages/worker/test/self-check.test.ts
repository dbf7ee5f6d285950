import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OodError } from '@oodgrid/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { probeFolder, SelfCheck } from '../src/self-check.js';

describe('a worker that failed itself', () => {
  let now = 0;
  /** When it checked itself, and what each check finds; undefined: nothing. */
  const checks: number[] = [];
  let finds: string | undefined;
  const said: string[] = [];
  let selfCheck: SelfCheck;
  const pass = async (milliseconds: number) => {
    now += milliseconds;
    await vi.advanceTimersByTimeAsync(milliseconds);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    now = 0;
    checks.length = 0;
    said.length = 0;
    finds = 'disk full';
    selfCheck = new SelfCheck({
      check: async () => {
        checks.push(Date.now() - start);
        if (finds !== undefined) throw new OodError('resource-exhausted', finds);
      },
      onChange: (trouble) => said.push(trouble),
    });
    const start = Date.now();
  });
  afterEach(() => {
    selfCheck.close();
    vi.useRealTimers();
  });

  it('says why at once, and checks itself ever more seldom until it is well', async () => {
    selfCheck.failed('disk full');
    expect(said).toEqual(['disk full']);
    await pass(60_000);
    expect(checks.slice(0, 8)).toEqual([500, 1500, 3500, 7500, 15_500, 25_500, 35_500, 45_500]);
    expect(said).toEqual(['disk full']);
    finds = undefined;
    await pass(10_000);
    expect(said).toEqual(['disk full', '']);
    const count = checks.length;
    await pass(60_000);
    expect(checks).toHaveLength(count);
  });

  it('is not set back by more failures, and says each new reason once', async () => {
    selfCheck.failed('first');
    await pass(400);
    selfCheck.failed('second');
    await pass(100);
    expect(checks).toEqual([500]);
    expect(said).toEqual(['first', 'disk full']);
    await pass(1000);
    expect(said).toEqual(['first', 'disk full']);
  });

  it('begins anew with the next failure after it was well', async () => {
    selfCheck.failed('disk full');
    await pass(4000);
    finds = undefined;
    await pass(4000);
    const from = now;
    finds = 'again';
    selfCheck.failed('again');
    await pass(500);
    expect(checks.at(-1)).toBe(from + 500);
    expect(said).toEqual(['disk full', '', 'again']);
  });

  it('checks nothing any more when it is closed', async () => {
    selfCheck.failed('disk full');
    selfCheck.close();
    await pass(60_000);
    expect(checks).toEqual([]);
  });
});

describe('the check of a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oodgrid-probe-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('passes where a file can be written and read back, makes the folder, and leaves nothing', async () => {
    const inner = join(folder, 'a', 'b');
    await probeFolder(inner);
    expect(readdirSync(inner)).toEqual([]);
  });

  it('fails where none can, with the folder and what to do', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(probeFolder(join(file, 'inner'))).rejects.toMatchObject({
      name: 'OodError',
      message: expect.stringMatching(
        /the cache folder .*file\/inner cannot be used: .*free some space there or/,
      ),
    });
  });
});
