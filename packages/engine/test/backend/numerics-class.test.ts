import { describe, expect, it } from 'vitest';
import { scoreOnce } from '../support/score-once.js';

describe('the numerics class', () => {
  it('is the same in every process of a machine, and another one where the same instructions round otherwise', async () => {
    const [first, second, older] = await Promise.all([
      scoreOnce('native'),
      scoreOnce('native'),
      scoreOnce('native', { ONEDNN_MAX_CPU_ISA: 'SSE41' }),
    ]);
    expect(second).toEqual(first);
    // /proc/cpuinfo, versions and settings are the same for both: what was computed alone tells them apart.
    expect(older.scores).not.toEqual(first.scores);
    expect(older.numericsClass).not.toBe(first.numericsClass);
    expect(older.numericsClass.replace(/probe-\w+$/, '')).toBe(first.numericsClass.replace(/probe-\w+$/, ''));
    expect(first.numericsClass).toMatch(/\/probe-[0-9a-f]{8}$/);
  });
});
