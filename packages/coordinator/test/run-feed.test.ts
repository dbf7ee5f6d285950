import { describe, expect, it } from 'vitest';
import { RunFeed } from '../src/cluster/run-feed.js';

const feedOf = (lines: number): RunFeed => {
  const feed = new RunFeed(() => new Date('2026-11-25T12:00:00Z'));
  for (let i = 0; i < lines; i++) {
    feed.publish('r', { kind: 'task-started', taskId: `t${i}`, workerId: 'w', attempt: 1 });
  }
  return feed;
};
const taskOf = (line: string | undefined) => line?.split(' ')[2];

describe('the log of a run', () => {
  it('keeps its last thousand lines, the oldest first', () => {
    const lines = feedOf(2345).lines('r');
    expect(lines).toHaveLength(1000);
    expect(lines.map(taskOf)).toEqual(Array.from({ length: 1000 }, (_, i) => `t${1345 + i}:`));
  });

  it('has every line of a short run', () => {
    expect(feedOf(3).lines('r').map(taskOf)).toEqual(['t0:', 't1:', 't2:']);
    expect(feedOf(1000).lines('r').map(taskOf).at(-1)).toBe('t999:');
  });

  it('is empty for a run that nobody knows, or that was forgotten', () => {
    const feed = feedOf(3);
    feed.forget('r');
    expect(feed.lines('r')).toEqual([]);
    expect(feed.lines('other')).toEqual([]);
  });
});
