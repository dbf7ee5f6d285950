import { describe, expect, it } from 'vitest';
import { Staging } from '../src/dispatch/staging.js';
import { digest } from './small-plan.js';

const KEY = digest('1');
const rows = (offsetRows: number, count: number, value: number, columns = 1, key = KEY) => ({
  kind: 'rows' as const,
  token: 't',
  key,
  offsetRows,
  rows: count,
  columns,
  data: new Float32Array(count * columns).fill(value),
});
const fitted = (key = KEY) => ({ kind: 'fitted' as const, token: 't', key, blob: digest('9') });
const scoring = () => new Staging({ title: 'a', isFit: false, rows: 512, units: [{ key: KEY, columns: 1 }] });
const fitting = () => new Staging({ title: 'a', isFit: true, rows: 512, units: [{ key: KEY, columns: 0 }] });

describe('staged results', () => {
  it('come together from chunks in any order, repeated or not', () => {
    const staging = scoring();
    staging.add(rows(256, 256, 2));
    staging.add(rows(0, 256, 1));
    staging.add(rows(256, 256, 2));
    const result = staging.result(KEY);
    if (result.kind !== 'scores') throw new Error('scores were staged');
    expect([result.data[0], result.data[255], result.data[256], result.data[511]]).toEqual([1, 1, 2, 2]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('are never %s', (value) => {
    const staging = scoring();
    const chunk = rows(256, 256, 1);
    chunk.data[7] = value;
    expect(() => staging.add(chunk)).toThrow(/row 263, column 0 .* not a finite number/);
    expect(() => staging.result(KEY)).toThrow(/without row 0/);
  });

  it('are not complete while a row or a fitted state is missing', () => {
    const staging = scoring();
    staging.add(rows(0, 511, 1));
    expect(() => staging.result(KEY)).toThrow(/without row 511/);
    expect(() => fitting().result(KEY)).toThrow(/without its fitted state/);
  });

  it('of a fit are the blobs of its states', () => {
    const staging = fitting();
    staging.add(fitted());
    expect(staging.result(KEY)).toEqual({ kind: 'fitted', blob: digest('9') });
  });

  it('refuse rows beyond the task, other columns, other units and fitted states', () => {
    const staging = scoring();
    expect(() => staging.add(rows(500, 13, 1))).toThrow(/rows 500 to 513 of a task of 512/);
    expect(() => staging.add(rows(0, 1, 1, 2))).toThrow(/the unit has 1 columns/);
    expect(() => staging.add(rows(0, 1, 1, 1, digest('9')))).toThrow(/does not have/);
    expect(() => staging.add(fitted())).toThrow(/fits nothing/);
    expect(() => fitting().add(fitted(digest('8')))).toThrow(/does not have/);
  });
});
