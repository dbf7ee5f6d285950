import { describe, expect, it } from 'vitest';
import { Lifetime } from '../src/lifetime.js';

const busy = { tasks: 2, isConnected: true };
const free = { tasks: 0, isConnected: true };

describe('a worker of limited time', () => {
  it('goes on until handing back is all that there is time for', () => {
    const life = new Lifetime({ endsAt: 100_000, marginMs: 10_000, idleMs: null });
    expect(life.advice(89_999, busy)).toBe('go-on');
    expect(life.advice(90_000, busy)).toBe('time-is-over');
    expect(life.advice(200_000, free)).toBe('time-is-over');
  });

  it('takes no task that would not be done in time, by the median of those it did', () => {
    const life = new Lifetime({ endsAt: 100_000, marginMs: 10_000, idleMs: null });
    for (const ms of [1000, 5000, 60_000]) life.noteTask(ms);
    expect(life.advice(84_999, busy)).toBe('go-on');
    expect(life.advice(85_000, busy)).toBe('take-no-more');
    // It has done what it had: nothing is worth waiting for.
    expect(life.advice(85_500, free)).toBe('time-is-over');
  });
});

describe('a worker that ends when it is idle', () => {
  it('counts from its last task, and only while the coordinator is there', () => {
    const life = new Lifetime({ endsAt: null, marginMs: 0, idleMs: 1000 });
    expect(life.advice(0, free)).toBe('go-on');
    expect(life.advice(900, busy)).toBe('go-on');
    expect(life.advice(1000, free)).toBe('go-on');
    expect(life.advice(1900, { tasks: 0, isConnected: false })).toBe('go-on');
    expect(life.advice(2500, free)).toBe('go-on');
    expect(life.advice(3499, free)).toBe('go-on');
    expect(life.advice(3500, free)).toBe('no-work-left');
  });

  it('stays where nobody limits it', () => {
    const life = new Lifetime({ endsAt: null, marginMs: 0, idleMs: null });
    expect(life.advice(0, free)).toBe('go-on');
    expect(life.advice(1e12, free)).toBe('go-on');
  });
});
