import { expect, it } from 'vitest';
import { findMethod, planMethod } from '../src/index.js';
import { LENET } from './facts.js';

it("the README's example gives what it says", () => {
  const method = findMethod('odin');
  const options = { magnitudes: [0.004, 0], temperatures: [1000] };
  const plan = planMethod(method, options, LENET, { method: 'methods[0] odin', model: 'models[0] (lenet)' });
  expect(plan.candidates).toEqual([
    { magnitude: 0.004, temperature: 1000 },
    { magnitude: 0, temperature: 1000 },
  ]);
  expect(plan.cost.sweep).toEqual({ forwards: 1, gradients: 1 });
});
