import { digestSchema } from '@oodgrid/protocol';
import { describe, expect, it } from 'vitest';
import { defaultWorkers } from '../src/local/default-workers.js';
import { textTable } from '../src/output/text-table.js';
import { Progress } from '../src/progress/progress.js';
import { duration, eventLine, progressLine } from '../src/progress/show-progress.js';

const GIB = 1024 ** 3;

const task = (id: string, images: number) => ({
  id,
  kind: 'score' as const,
  model: {
    name: 'm',
    architecture: 'lenet' as const,
    weights: digestSchema.parse('0'.repeat(64)),
    classes: 10,
  },
  data: null,
  noise: null,
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
  it('reckons rate and time left from what was done, and takes cached tasks off at once', () => {
    const progress = new Progress([task('a', 1000), task('b', 1000), task('c', 1000)], 100);
    expect(progress.state(100).etaSeconds).toBeUndefined();
    progress.add({
      kind: 'task-done',
      taskId: 'a',
      isReused: false,
      work: { images: 1000, forwards: 1000, gradients: 0 },
      seconds: 2,
    });
    expect(progress.state(102)).toEqual({ tasksDone: 1, tasksTotal: 3, imagesPerSecond: 500, etaSeconds: 4 });
    progress.add({
      kind: 'task-done',
      taskId: 'b',
      isReused: true,
      work: { images: 0, forwards: 0, gradients: 0 },
      seconds: 0,
    });
    expect(progress.state(102).etaSeconds).toBe(2);
    progress.add({ kind: 'task-progress', taskId: 'c', work: { images: 500, forwards: 500, gradients: 0 } });
    expect(progress.state(103)).toMatchObject({ tasksDone: 2, imagesPerSecond: 500, etaSeconds: 1 });
  });

  it('forgets the work of an attempt that failed', () => {
    const progress = new Progress([task('a', 1000)], 0);
    progress.add({ kind: 'task-progress', taskId: 'a', work: { images: 500, forwards: 500, gradients: 0 } });
    progress.add({
      kind: 'task-failed',
      taskId: 'a',
      failure: { code: 'unavailable', message: 'x', isRetryable: true, logTail: '' },
      willRetry: true,
    });
    expect(progress.state(10)).toMatchObject({ imagesPerSecond: 0, etaSeconds: undefined });
  });

  it('says nothing of the time left before it is worth something', () => {
    const progress = new Progress([task('tiny', 1), task('large', 100_000)], 0);
    const work = { images: 1, forwards: 1, gradients: 0 };
    progress.add({ kind: 'task-done', taskId: 'tiny', isReused: false, work, seconds: 1 });
    expect(progress.state(1).etaSeconds).toBeUndefined();
  });

  it('names a choice in one short line', () => {
    const event = { kind: 'choice-made', choice: 'choice:odin:a:b:m', outcome: { candidate: 1 } } as const;
    expect(eventLine(event, false)).toBe('choice odin a b m made');
    expect(eventLine(event, true)).toBeUndefined();
  });

  it('prints for people', () => {
    expect(progressLine({ tasksDone: 12, tasksTotal: 41, imagesPerSecond: 4310.4, etaSeconds: 80 })).toBe(
      '12/41 tasks  4,310 images/s  about 1 min 20 s left',
    );
    expect(duration(59.4)).toBe('59 s');
    expect(textTable(['a', 'bb'], [['ccc', 'd']])).toBe('a    bb\n---  --\nccc  d');
  });
});

describe('the number of workers', () => {
  it('is one per core, as far as memory reaches, and never none', () => {
    expect(defaultWorkers(8, 100 * GIB)).toBe(8);
    expect(defaultWorkers(8, 3 * GIB)).toBe(2);
    expect(defaultWorkers(8, GIB / 2)).toBe(1);
  });
});
