import { expect, it } from 'vitest';
import { delongAuroc, rocMetrics } from '../src/index.js';

it("the README's example gives what it says", () => {
  const id = Float64Array.of(0.9, 0.8, 0.7, 0.4);
  const ood = Float64Array.of(0.6, 0.3, 0.2, 0.1);
  expect(rocMetrics(id, ood).auroc).toBe(0.9375);
  expect(delongAuroc(id, ood).low).toBeCloseTo(0.76426, 5);
});
