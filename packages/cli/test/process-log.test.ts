import { expect, it } from 'vitest';
import { processLog } from '../src/output/process-log.js';

function lines(format: 'text' | 'json', worker?: string) {
  const written: string[] = [];
  return { written, log: processLog(format, worker, (text) => written.push(text)) };
}

it('a line for people has a time, whose it is, and nothing that a terminal would obey', () => {
  const { written, log } = lines('text', 'w1');
  log('task 3\u001b[2J failed', { level: 'error', run: 'r', task: '3' });
  expect(written).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z w1: task 3\\x1b\[2J failed\n$/)]);
});

it('a line of JSON has level, time and ids', () => {
  const { written, log } = lines('json', 'w1');
  log('connected');
  log('task 3 failed', { level: 'error', run: 'r', task: '3' });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(written.map((line) => JSON.parse(line))).toEqual([
    { level: 'info', time, worker: 'w1', msg: 'connected' },
    { level: 'error', time, worker: 'w1', run: 'r', task: '3', msg: 'task 3 failed' },
  ]);
  expect(written.every((line) => line.endsWith('}\n'))).toBe(true);
});
