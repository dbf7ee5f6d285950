import { expect, it } from 'vitest';
import { decisionFunction } from '../src/index.js';

it('what is read beyond the end of an array is NaN in the result, and never a silent 0', () => {
  const features = { rows: 2, columns: 2, data: Float64Array.of(1, 2, 3, 4) };
  const whole = { coef: Float64Array.of(1, 1), intercept: 0 };
  expect([...decisionFunction(features, whole)]).toEqual([3, 7]);
  const short = { coef: Float64Array.of(1), intercept: 0 };
  expect([...decisionFunction(features, short)]).toEqual([Number.NaN, Number.NaN]);
});
