import { expect, it } from 'vitest';
import { findProtocol } from '../src/index.js';

it('raw tests on every sample of both sets, chooses nothing, and takes the last of a method’s columns', () => {
  const raw = findProtocol('raw');
  expect(raw.cut({ name: 'x', count: 3 })).toEqual({
    fit: { from: 0, to: 0 },
    select: { from: 0, to: 0 },
    test: { from: 0, to: 3 },
  });
  expect(raw.selection).toBeNull();
  expect(raw.keptOod(10, 300)).toBe(300);
  expect(raw.order('permuted')).toBe('file');
  const none = { rows: 0, columns: 2, data: new Float32Array() };
  const { scores } = raw.combine(none, none);
  expect([...scores({ rows: 2, columns: 2, data: Float32Array.from([1, 2, 3, 4]) })]).toEqual([2, 4]);
  expect(raw.previewColumn(2)).toBe(1);
});
