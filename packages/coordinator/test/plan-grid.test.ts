import { readFileSync } from 'node:fs';
import { registerProtocol } from '@oodgrid/protocols';
import { describe, expect, it } from 'vitest';
import { estimate, planGrid } from '../src/index.js';
import { describeGrid } from '../src/planner/describe-grid.js';
import { PlanBuilder } from '../src/planner/plan-builder.js';
import { smallGrid } from './small-plan.js';

it('what a grid is, of which the digest is made, has nothing of what it cites', () => {
  const uses = [{ kind: 'protocol' as const, name: 'fssd-paper' }];
  const references = [{ key: 'doe2026title', authors: 'Jane Doe', title: 'A Title', year: 2026, uses }];
  expect(describeGrid({ ...smallGrid(), references })).toEqual(describeGrid(smallGrid()));
});

describe('the planner', () => {
  it('covers every sample of every series once, whatever the slice', () => {
    for (const slice of [512, 1024, 4096]) {
      const plan = planGrid(smallGrid(), slice);
      const units = new Map(
        plan.tasks.flatMap(({ from, to, units: own }) => own.map(({ id }) => [id, { from, to }] as const)),
      );
      for (const { parts } of plan.series) {
        for (const [i, { unit, from, to }] of parts.entries()) {
          expect(units.get(unit)).toEqual({ from, to });
          if (i > 0) expect(from).toBe(parts[i - 1]?.to);
        }
      }
    }
  });

  it('puts units of the same pass into one task, and plans what two rows need once', () => {
    const { tasks } = planGrid(smallGrid(), 4096);
    const whole = tasks.filter(
      ({ kind, order, model, data }) =>
        kind === 'score' && order.kind === 'file' && model.name === 'm' && data.name === 'id/test',
    );
    // The softmax row and the ensemble's member m are one unit; predictions come along.
    expect(whole.map(({ units }) => units.map(({ method }) => method))).toEqual([['msp', 'predictions']]);
    const test = tasks.filter(
      ({ kind, order, data }) => kind === 'score' && order.kind !== 'file' && data.name === 'id/test',
    );
    expect(test.map(({ units }) => units.map(({ method }) => method).sort())).toEqual([['fssd', 'odin']]);
  });

  it('never lets a batch cross a split: sweeps are the splits, test slices start at 1,000', () => {
    const { tasks } = planGrid(smallGrid(), 512);
    const ranges = (kind: string) => [
      ...new Set(
        tasks
          .filter((task) => task.kind === kind && task.order.kind !== 'file')
          .map(({ from, to }) => `${from}-${to}`),
      ),
    ];
    expect(ranges('sweep')).toEqual(['0-500', '500-1000']);
    expect(ranges('score').sort()).toEqual(['1000-1512', '1512-2000', '1512-2024', '2024-2500']);
  });

  it('makes tasks wait for their fits and choices', () => {
    const { tasks, choices } = planGrid(smallGrid(), 4096);
    const fit = tasks.find(({ kind }) => kind === 'fit')?.units[0]?.id;
    expect(tasks.filter(({ kind }) => kind === 'fit').map(({ needs }) => needs)).toEqual([[]]);
    for (const task of tasks.filter(({ kind }) => kind === 'sweep')) {
      expect(task.needs).toEqual(task.units.some(({ method }) => method === 'fssd') ? [fit] : []);
    }
    const scored = tasks.find(({ kind, order }) => kind === 'score' && order.kind !== 'file');
    const choice = (title: string) => choices.find((one) => one.title === title)?.id;
    expect(scored?.needs).toEqual([choice('odin, id vs ood, m'), fit, choice('fssd, id vs ood, m')]);
  });

  it('reckons shared passes once and what separate scripts would do', () => {
    const { work, plain } = estimate(planGrid(smallGrid(2000, 2000), 4096).tasks, new Set());
    // ODIN's sweep: one pass, 2 gradients, 2 of 4 candidates move; per sample of the 2,000 of both validation sets.
    expect(work.gradients).toBe(2000 * (2 + 2) + 2000 * (1 + 2));
    expect(plain.forwards).toBeGreaterThan(work.forwards);
    expect(plain.gradients).toBe(2000 * (4 + 2) + 2000 * (1 + 2));
  });

  it('refuses data sets that leave nothing to test, and slices that break batches', () => {
    expect(() => planGrid(smallGrid(1000, 2000), 512)).toThrow(
      /"id" has 1000 test samples; .* at least 1001/,
    );
    expect(() => planGrid(smallGrid(), 500)).toThrow(/not a multiple/);
  });

  it('asks the protocol: where it fits and selects nothing, each method has its own setting and no sweep', async () => {
    const toy = await registerProtocol(
      new URL('../../protocols/test/fixtures/toy.mjs', import.meta.url).href,
    );
    const plan = planGrid({ ...smallGrid(800, 700), protocol: toy.name }, 2 * toy.batch);
    expect(plan.choices).toEqual([]);
    expect(plan.tasks.filter(({ kind }) => kind === 'sweep')).toEqual([]);
    expect(new Set(plan.tasks.map(({ batch }) => batch))).toEqual(new Set([64]));
    expect(new Set(plan.tasks.map(({ order }) => order.kind))).toEqual(new Set(['file']));
    const odin = plan.cells.find(({ row }) => row === 'odin');
    expect(odin?.setting).toEqual({ magnitude: 0, temperature: 1 });
    const test = plan.series.find(({ id }) => odin?.sides.ood.kind === 'swept' && id === odin.sides.ood.test);
    expect([test?.parts[0]?.from, test?.parts.at(-1)?.to]).toEqual([0, 700]);
    expect(() => planGrid(smallGrid(800, 700), 2 * toy.batch)).toThrow(
      /not a multiple of the protocol's batch, 512/,
    );
    expect(() => planGrid({ ...smallGrid(), protocol: 'toi' }, 512)).toThrow(
      /unknown protocol "toi" \(did you mean "toy"\?\)/,
    );
  });

  it('knows no tensor library: the coordinator depends on none', () => {
    const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(
      Object.keys(dependencies).filter((name) => name.includes('tensorflow') || name === '@oodgrid/engine'),
    ).toEqual([]);
  });
});

describe('a grid that is too large', () => {
  it('is refused by its cells before one of them is planned', () => {
    const grid = smallGrid();
    const [row] = grid.rows;
    const rows =
      row === undefined ? [] : Array.from({ length: 1000 }, (_, i) => ({ ...row, row: `row ${i}` }));
    const pairs = Array.from({ length: 201 }, () => ({ id: 'id', ood: 'ood' }));
    expect(() => planGrid({ ...grid, rows, pairs }, 512)).toThrow('the grid has 201,000 cells');
  });

  it('is refused by its slices before one of them is planned', () => {
    expect(() => planGrid(smallGrid(2 ** 31), 512)).toThrow(
      '"id" makes more than 50,000 slices: raise options.slice',
    );
  });

  it('is refused by its units', () => {
    const builder = new PlanBuilder();
    const [task] = planGrid(smallGrid(), 4096).tasks;
    const [unit] = task?.units ?? [];
    if (task === undefined || unit === undefined) throw new Error('a plan without units');
    const add = () => {
      for (let i = 0; i < 600_000; i++) builder.add(task, { ...unit, id: `unit ${i}` }, true);
    };
    expect(add).toThrow('more than 500,000 units of work');
  });
});
