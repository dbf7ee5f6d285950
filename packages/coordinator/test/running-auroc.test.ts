import { fssdPaper } from '@oodgrid/protocols';
import { rocMetrics } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { meanOfSome } from '../src/merger/mean-of-some.js';
import { runningAuroc } from '../src/merger/running-auroc.js';
import { SeriesReader } from '../src/merger/unit-results.js';
import { fairOrder } from '../src/planner/fair-order.js';
import type { PlannedCell } from '../src/planner/plan.js';

const SLICE = 500;
const TEST_FROM = 1000;
const COUNT = 9000;
const SLICES = COUNT / SLICE;
const CUT = fssdPaper.cut({ name: 'x', count: COUNT });

/** One method on two sets in file order; the OOD file is sorted by class, and some classes are easy to tell. */
function world(seed: number) {
  let state = seed + 1;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const noise = () => uniform() + uniform() + uniform();
  const easiness = Array.from({ length: 10 }, () => 2 * uniform());
  const id = Float32Array.from({ length: COUNT }, () => noise());
  const ood = Float32Array.from(
    { length: COUNT },
    (_, i) => noise() - (easiness[Math.floor((10 * i) / COUNT)] ?? 0),
  );
  const parts = (name: string) =>
    Array.from({ length: SLICES }, (_, i) => ({ unit: `${name}${i}`, from: i * SLICE, to: (i + 1) * SLICE }));
  const series = ['id', 'ood'].map((name) => ({ id: name, columns: 1, parts: parts(name) }));
  const side = (name: string) => ({ kind: 'whole', series: [name], count: COUNT, cut: CUT }) as const;
  const cell = {
    row: 'energy',
    title: 'Energy',
    id: 'a',
    ood: 'b',
    model: 'm',
    splitOrder: 'file',
    columns: 1,
    choice: null,
    setting: null,
    sides: { id: side('id'), ood: side('ood') },
  } as const satisfies PlannedCell;
  const reader = (done: ReadonlySet<string>) =>
    new SeriesReader({ tasks: [], choices: [], cells: [], series } as never, (unit) => {
      if (!done.has(unit)) return undefined;
      const [, name = '', number = ''] = /^(\D+)(\d+)$/.exec(unit) ?? [];
      const data = (name === 'id' ? id : ood).subarray(Number(number) * SLICE, (Number(number) + 1) * SLICE);
      return { rows: SLICE, columns: 1, data };
    });
  const whole = rocMetrics(
    Float64Array.from(id.subarray(TEST_FROM)),
    Float64Array.from(ood.subarray(TEST_FROM)),
  );
  return { cell, reader, auroc: whole.auroc };
}

/** Units of both sets in the order in which they are computed. */
const order: readonly string[] = fairOrder(
  ['id', 'ood'].flatMap((name) =>
    Array.from({ length: SLICES }, (_, i) => ({
      header: { kind: 'score' as const, name, from: i, to: i + 1 },
    })),
  ),
).map(({ header }) => `${header.name}${header.from}`);

describe('the AUROC so far', () => {
  it('comes with an interval in which the whole lies, though the file is sorted by class', () => {
    let held = 0;
    let tried = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { cell, reader, auroc } = world(seed);
      for (const done of [12, 18, 24]) {
        const found = runningAuroc(fssdPaper, cell, reader(new Set(order.slice(0, done))));
        if (found === undefined) throw new Error('a third is enough');
        tried++;
        if (found.low <= auroc && auroc <= found.high) held++;
        expect(found.high - found.low).toBeLessThan(0.6);
      }
    }
    // 95 % nominally; slices in bit-reversed order spread better than at random.
    expect(held / tried).toBeGreaterThan(0.93);
  });

  it('is kept back while a side has fewer than three slices', () => {
    const { cell, reader } = world(1);
    expect(runningAuroc(fssdPaper, cell, reader(new Set()))).toBeUndefined();
    const id = Array.from({ length: SLICES }, (_, i) => `id${i}`);
    expect(runningAuroc(fssdPaper, cell, reader(new Set([...id, 'ood5', 'ood9'])))).toBeUndefined();
    // Slices before the test split hold none of its samples.
    expect(runningAuroc(fssdPaper, cell, reader(new Set([...id, 'ood0', 'ood1', 'ood9'])))).toBeUndefined();
    expect(runningAuroc(fssdPaper, cell, reader(new Set([...id, 'ood5', 'ood9', 'ood12'])))).toBeDefined();
  });

  it('is the AUROC itself, without an interval, when everything is there', () => {
    const { cell, reader, auroc } = world(2);
    const found = runningAuroc(fssdPaper, cell, reader(new Set(order)));
    expect(found?.auroc).toBeCloseTo(auroc, 12);
    expect([found?.low, found?.high, found?.share]).toEqual([found?.auroc, found?.auroc, 1]);
  });

  it('of an ensemble is that of its mean, on samples that every member has', () => {
    const { cell, reader } = world(3);
    const twice = { ...cell.sides.ood, series: ['ood', 'id'] };
    const both = { ...cell, sides: { ...cell.sides, ood: twice } };
    expect(runningAuroc(fssdPaper, both, reader(new Set(order)))?.auroc).not.toBeCloseTo(
      runningAuroc(fssdPaper, cell, reader(new Set(order)))?.auroc ?? 0,
      3,
    );
    const withoutSecond = new Set(order.filter((unit) => !unit.startsWith('id')));
    expect(runningAuroc(fssdPaper, both, reader(withoutSecond))).toBeUndefined();
  });
});

describe('a mean over some slices', () => {
  it("has the textbook's interval", () => {
    // Means 1, 2, 3 of slices of two, three of twelve slices: s = 1, t = 4.303 with 2 degrees of freedom.
    const { mean, halfWidth } = meanOfSome(
      Float64Array.of(1, 1, 2, 2, 3, 3),
      Uint32Array.of(0, 0, 1, 1, 2, 2),
      12,
    );
    expect(mean).toBe(2);
    expect(halfWidth).toBeCloseTo(4.303 * Math.sqrt((1 - 3 / 12) / 3), 9);
  });
});

describe('the order of slices', () => {
  it('advances all sets together, each in bit-reversed order, after everything else', () => {
    const task = (kind: 'fit' | 'score', name: string, from: number) => ({
      header: { kind, name, from, to: from + 1 },
    });
    const tasks = ['a', 'b'].flatMap((name) => [0, 1, 2, 3].map((from) => task('score', name, from)));
    const names = fairOrder([...tasks, task('fit', 'x', 0)]).map(
      ({ header }) => `${header.name}${header.from}`,
    );
    expect(names).toEqual(['x0', 'a0', 'b0', 'a2', 'b2', 'a1', 'b1', 'a3', 'b3']);
  });
});
