import { OodError, sha256 } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { AttemptError, ownDuty } from '../src/attempt-error.js';

const blob = sha256('blob');

describe('whose failure an attempt is', () => {
  it.each([
    ['an error of the system', Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' })],
    ['an error that names no place', new OodError('unavailable', 'no answer')],
    ['what is no error', 'text'],
  ])("is the task's own where nothing else was said: %s", (_what, thrown) => {
    const error = AttemptError.from(thrown);
    expect(error).toMatchObject({ origin: 'task', blob: null });
    expect(error.code).toBe(OodError.from(thrown).code);
    expect(error.cause).toBe(thrown);
  });

  it('is kept once it was said', async () => {
    const said = new AttemptError(new OodError('not-found', 'no such blob'), 'store', blob);
    expect(AttemptError.from(said)).toBe(said);
    await expect(ownDuty(Promise.reject(said), sha256('other'))).rejects.toBe(said);
  });

  it("is the worker's where only it can be at fault, with the blob and the code", async () => {
    const full = new OodError('resource-exhausted', 'disk full');
    await expect(ownDuty(Promise.reject(full), blob)).rejects.toMatchObject({
      origin: 'worker',
      code: 'resource-exhausted',
      message: 'disk full',
      blob,
    });
    expect(await ownDuty(Promise.resolve(7))).toBe(7);
  });
});
