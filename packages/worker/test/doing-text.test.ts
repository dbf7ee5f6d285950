import { expect, it } from 'vitest';
import { doingText } from '../src/doing-text.js';

it('a worker says what it does, and how often models and data sets were open from an earlier task', () => {
  const idle = { tasks: 0, executors: 2, cores: 4, inputs: { hits: 0, misses: 0 } };
  expect(doingText(idle)).toBe('0 tasks on 2 executors of 4 cores');
  expect(doingText({ ...idle, tasks: 2, inputs: { hits: 12, misses: 2 } })).toBe(
    '2 tasks on 2 executors of 4 cores; 12 of 14 models and data sets were open',
  );
});
