import { expect, it } from 'vitest';
import { wilsonInterval } from '../src/index.js';

// The closed formula in Python's float64; the third row is printed in every text on it: 10 of 10 is 72 % to 100 %.
it.each([
  [9251, 10_000, 0.9251, 0.919775959, 0.930097566],
  [0, 10, 0, 0, 0.277532799],
  [10, 10, 1, 0.722467201, 1],
  [1, 2, 0.5, 0.094531206, 0.905468794],
])("Wilson's interval of %s in %s", (successes, samples, value, low, high) => {
  const interval = wilsonInterval(successes, samples);
  expect(interval.value).toBe(value);
  expect(interval.low).toBeCloseTo(low, 6);
  expect(interval.high).toBeCloseTo(high, 6);
});
