import { describe, expect, it } from 'vitest';
import { ERROR_CODES, EXIT_CODES, OodError } from '../src/index.js';

describe('errors', () => {
  it('have an exit code each, none of them success; two kinds of data that cannot be used share one, and two of refused tokens', () => {
    const codes = ERROR_CODES.map((code) => EXIT_CODES[code]);
    expect(new Set(codes).size).toBe(ERROR_CODES.length - 2);
    expect(EXIT_CODES['not-finite']).toBe(EXIT_CODES['corrupt-data']);
    expect(EXIT_CODES['permission-denied']).toBe(EXIT_CODES.unauthenticated);
    expect(Object.keys(EXIT_CODES).sort()).toEqual([...ERROR_CODES].sort());
    for (const code of codes) expect(code).toBeGreaterThan(0);
  });

  it.each([
    ['ENOENT', 'not-found'],
    ['ENOSPC', 'resource-exhausted'],
    ['ECONNREFUSED', 'unavailable'],
    ['EWHATEVER', 'internal'],
  ])('of the system: %s is %s', (system, code) => {
    const cause = Object.assign(new Error('no'), { code: system });
    expect(OodError.from(cause)).toMatchObject({ code, message: 'no', cause });
  });

  it('keep their code, also those of another copy of the package', () => {
    const own = new OodError('corrupt-data', 'x');
    expect(OodError.from(own)).toBe(own);
    expect(OodError.from(Object.assign(new Error('y'), { code: 'task-failed' })).code).toBe('task-failed');
    expect(OodError.from('text')).toMatchObject({ code: 'internal', message: 'text' });
  });
});
