import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestSchema } from '@oodgrid/contract';
import type { PlannedTask } from '@oodgrid/coordinator';
import { parseGrid } from '@oodgrid/grid';
import { METHODS } from '@oodgrid/methods';
import { afterAll, describe, expect, it } from 'vitest';
import { RateRecorder, readRates } from '../src/local/measured-rates.js';
import { methodEntries } from '../src/output/catalog-entries.js';
import { estimatedSeconds, planText } from '../src/output/plan-report.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-rates-'));
afterAll(() => rmSync(folder, { recursive: true }));

const unit = (id: string) => ({
  id,
  method: 'msp',
  revision: 1,
  options: {},
  fit: null,
  pass: 'forward' as const,
  candidates: { kind: 'listed', list: [] } as const,
  columns: 1,
  forwards: 0,
  gradients: 0,
});

const task = (id: string): PlannedTask => ({
  id,
  kind: 'score',
  model: { name: 'm', architecture: 'lenet', weights: digestSchema.parse('0'.repeat(64)), classes: 10 },
  data: { name: 'd/test', images: digestSchema.parse('1'.repeat(64)) },
  transform: { mean: [0], std: [1] },
  order: { kind: 'file' },
  from: 0,
  to: 4000,
  batch: 512,
  seed: 1,
  units: [unit(`${id}-unit`)],
  needs: [],
  priority: 1,
});

describe('the estimate', () => {
  const tasks = Array.from({ length: 8 }, (_, i) => task(`t${i}`));
  const none = new Set<string>();

  it('takes no more workers than there are cores, or tasks', () => {
    const at = (workers: number, cores: number) =>
      estimatedSeconds(tasks, none, workers, { lenet: 1000 }, cores);
    expect(at(1, 2)).toBe(32);
    expect(at(64, 2)).toBe(16);
    expect(at(64, 64)).toBe(4);
  });

  it('leaves out what is in the cache', () => {
    expect(estimatedSeconds(tasks, new Set(['t0-unit', 't1-unit']), 1, { lenet: 1000 }, 1)).toBe(24);
  });

  it('goes by what former runs measured, and only by runs that say something', async () => {
    const run = async (seconds: number) => {
      const recorder = new RateRecorder(tasks);
      const work = { images: 1000, forwards: 1000, gradients: 1000 };
      for (const taskId of ['t0', 't1']) {
        recorder.add({ kind: 'task-done', taskId, isReused: false, work, seconds });
        recorder.add({ kind: 'task-done', taskId, isReused: true, work, seconds: 0 });
      }
      await recorder.save(folder);
    };
    expect(readRates(folder)).toEqual({});
    await run(1);
    expect(readRates(folder)).toEqual({});
    await run(5);
    expect(readRates(folder)).toEqual({ lenet: 500 });
    writeFileSync(join(folder, 'rates.json'), '{"lenet": "fast"}');
    expect(readRates(folder)).toEqual({});
  });
});

describe('the text of a plan', () => {
  const tasks = Array.from({ length: 100 }, (_, i) => ({
    id: `t${i}`,
    kind: 'score' as const,
    model: 'm',
    data: 'd',
    from: 0,
    to: 1,
    methods: ['msp'],
    work: { images: 1, forwards: 1, gradients: 0 },
    reusedMethods: [],
    isReused: false,
  }));
  const work = { images: 100, forwards: 100, gradients: 0 };
  const report = {
    cells: [],
    tasks,
    workers: 2,
    workersReason: 'one per core',
    work,
    plain: work,
    warnings: [],
    seconds: 90,
    isMeasured: true,
  };

  it('has the summary first, and as many tasks as fit', () => {
    const lines = planText(report, 20).split('\n');
    expect(lines[0]).toMatch(/^0 cells by 100 tasks on 2 workers \(one per core\); /);
    expect(lines[2]).toBe('about 1m 30s by former runs on this machine');
    expect(lines.filter((line) => line.startsWith('score'))).toHaveLength(20);
    expect(lines.at(-1)).toBe('and 80 more: --tasks lists them all');
    expect(planText(report, Number.POSITIVE_INFINITY)).not.toContain('more: --tasks');
  });
});

describe('methods show', () => {
  it('tells the values that a grid without options has', () => {
    const entries = new Map(methodEntries().map(({ name, defaults }) => [name, defaults]));
    expect([...entries.keys()].sort()).toEqual(METHODS.map(({ name }) => name).sort());
    const text =
      'protocol: fssd-paper\nmodels: [m]\npairs: [{ id: a, ood: b }]\nmethods: [odin, mahalanobis, mc-dropout]\n';
    const { methods } = parseGrid(text, 'g.yaml', { models: ['m'], datasets: ['a', 'b'] }, []);
    for (const { name, ...options } of methods)
      expect(options).toMatchObject(entries.get(name) ?? { lost: true });
    expect(entries.get('odin')).toMatchObject({ temperatures: [1, 10, 100, 1000] });
    expect(entries.get('mc-dropout')).toMatchObject({ passes: 32 });
  });
});
