import { digestSchema } from '@oodgrid/contract';
import { textTable } from '@oodgrid/report';
import { describe, expect, it } from 'vitest';
import { duration } from '../src/progress/duration.js';
import { Progress } from '../src/progress/progress.js';
import { RateMeter } from '../src/progress/rate-meter.js';
import { progressLine } from '../src/progress/show-progress.js';
import { StatusLine } from '../src/progress/status-line.js';
import { fakeOutput, screen } from './fake-output.js';

const task = (id: string, images: number) => ({
  id,
  kind: 'score' as const,
  model: {
    name: 'm',
    architecture: 'lenet' as const,
    weights: digestSchema.parse('0'.repeat(64)),
    classes: 10,
  },
  data: { name: 'd/test', images: digestSchema.parse('1'.repeat(64)) },
  transform: { mean: [0], std: [1] },
  order: { kind: 'file' as const },
  from: 0,
  to: images,
  batch: 512,
  seed: 1,
  units: [],
  needs: [],
  priority: 0,
});

describe('progress', () => {
  it('tells the time left from what was done, and takes cached tasks off at once', () => {
    const progress = new Progress([task('a', 1000), task('b', 1000), task('c', 1000)], 100);
    expect(progress.state(100).etaSeconds).toBeUndefined();
    const work = { images: 1000, forwards: 1000, gradients: 0 };
    progress.add({ kind: 'task-done', taskId: 'a', isReused: false, work, seconds: 2 }, 102);
    expect(progress.state(102)).toMatchObject({ tasksDone: 1, tasksTotal: 3, etaSeconds: 4 });
    const none = { images: 0, forwards: 0, gradients: 0 };
    progress.add({ kind: 'task-done', taskId: 'b', isReused: true, work: none, seconds: 0 }, 102);
    expect(progress.state(102).etaSeconds).toBe(2);
    const half = { images: 500, forwards: 500, gradients: 0 };
    progress.add({ kind: 'task-progress', taskId: 'c', work: half }, 103);
    expect(progress.state(103)).toMatchObject({ tasksDone: 2, etaSeconds: 1 });
  });

  it('forgets the work of an attempt that failed', () => {
    const progress = new Progress([task('a', 1000)], 0);
    const work = { images: 500, forwards: 500, gradients: 0 };
    progress.add({ kind: 'task-progress', taskId: 'a', work }, 1);
    const failure = { code: 'unavailable', message: 'x', isRetryable: true, logTail: '' } as const;
    progress.add({ kind: 'task-failed', taskId: 'a', failure, willRetry: true }, 2);
    expect(progress.state(10).etaSeconds).toBeUndefined();
  });

  it('says nothing of the time left before it is worth something', () => {
    const progress = new Progress([task('tiny', 1), task('large', 100_000)], 0);
    const work = { images: 1, forwards: 1, gradients: 0 };
    progress.add({ kind: 'task-done', taskId: 'tiny', isReused: false, work, seconds: 1 }, 1);
    expect(progress.state(1).etaSeconds).toBeUndefined();
  });

  it('prints for people', () => {
    const rates = { imagesPerSecond: 2200.4, passesPerSecond: 7441 };
    const state = { tasksDone: 12, tasksTotal: 41, ...rates, etaSeconds: 80 };
    expect(progressLine({ ...state, merge: undefined })).toBe(
      '12/41 tasks  2,200 images/s (7,441 passes/s)  about 1m 20s left',
    );
    expect(progressLine({ ...state, merge: { merged: 3, cells: 40 } })).toBe('3/40 cells merged');
    const times = [0, 59.4, 80, 3600, 11_100, 200_000].map(duration);
    expect(times).toEqual(['0s', '59s', '1m 20s', '1h', '3h 5m', '2d 7h']);
    expect(textTable(['a', 'bb'], [['ccc', 'd']])).toBe('a    bb\n---  --\nccc  d');
  });
});

describe('rates', () => {
  const progress = (images: number, forwards: number) =>
    ({ kind: 'task-progress', taskId: 'a', work: { images, forwards, gradients: 0 } }) as const;

  it('count images and passes apart: 32 passes over an image are one image', () => {
    const meter = new RateMeter(0);
    for (let second = 1; second <= 100; second++) meter.add(progress(100 * second, 3200 * second), second);
    const { imagesPerSecond, passesPerSecond } = meter.rates(100);
    expect(imagesPerSecond).toBeGreaterThan(90);
    expect(imagesPerSecond).toBeLessThan(110);
    expect(passesPerSecond / imagesPerSecond).toBeCloseTo(32, 9);
  });

  it('are right from the start, smooth over bursts, and fall when nothing comes', () => {
    const meter = new RateMeter(0);
    meter.add(progress(1000, 1000), 1);
    expect(meter.rates(1).imagesPerSecond).toBeGreaterThan(900);
    expect(meter.rates(1).imagesPerSecond).toBeLessThan(1200);
    // A batch every five seconds, and none between.
    const seen: number[] = [];
    for (let second = 2; second <= 100; second++) {
      if (second % 5 === 0) meter.add(progress(1000 + 200 * second, 0), second);
      if (second > 30) seen.push(meter.rates(second).imagesPerSecond);
    }
    expect(Math.max(...seen) / Math.min(...seen)).toBeLessThan(1.8);
    expect(meter.rates(200).imagesPerSecond).toBeLessThan(1);
  });

  it('count a second attempt from zero, and nothing twice', () => {
    const meter = new RateMeter(0);
    meter.add(progress(500, 500), 1);
    meter.add({ kind: 'task-lost', taskId: 'a', workerId: 'w' }, 1);
    meter.add(progress(500, 500), 1);
    const work = { images: 1000, forwards: 1000, gradients: 0 };
    meter.add({ kind: 'task-done', taskId: 'a', isReused: false, work, seconds: 1 }, 1);
    const once = new RateMeter(0);
    once.add(progress(1500, 1500), 1);
    expect(meter.rates(1)).toEqual(once.rates(1));
  });
});

describe('a status line', () => {
  it('off a terminal is written when it changed, every ten seconds at first, some hundred times in three hours', () => {
    const { output, text } = fakeOutput(false);
    const line = new StatusLine(output, 0);
    for (let second = 0; second < 3 * 3600; second++) line.update(`${second} done`, 1000 * second);
    const written = text().trimEnd().split('\n');
    expect(written.slice(0, 3)).toEqual(['0 done', '10 done', '20 done']);
    expect(written.length).toBeGreaterThan(100);
    expect(written.length).toBeLessThan(400);
    line.update('same', 1e9);
    const before = text();
    line.update('same', 2e9);
    expect(text()).toBe(before);
  });

  it('off a terminal bounds what is out of the ordinary, and says how much was left out', () => {
    const { output, text } = fakeOutput(false);
    const line = new StatusLine(output, 0);
    for (let i = 0; i < 1000; i++) line.say(`event ${i}`);
    line.update('state', 1000);
    expect(text().split('\n').slice(19)).toEqual(['event 19', '(and 980 more events)', 'state', '']);
  });

  it('on a terminal rewrites itself, and makes room for events', () => {
    const { output, text } = fakeOutput(true);
    const line = new StatusLine(output, 0);
    line.update('a', 0);
    line.say('event');
    line.update('b', 1);
    line.close();
    expect(screen(text(), 80)).toEqual(['event']);
    line.end('the end');
    expect(screen(text(), 80)).toEqual(['event', 'the end']);
  });

  it.each([20, 60, 100, 200])(
    'of more than %i columns leaves nothing behind on a terminal so narrow',
    (columns) => {
      const { output, text } = fakeOutput(true, columns);
      const line = new StatusLine(output, 0);
      const state = (i: number) => `${i}`.repeat(250);
      for (let i = 0; i < 3; i++) line.update(state(i), i);
      expect(screen(text(), columns).join('')).toBe(state(2).trimEnd());
      line.update('short', 4);
      expect(screen(text(), columns)).toEqual(['short']);
      line.close();
      expect(screen(text(), columns)).toEqual([]);
    },
  );
});
