import {
  type Accuracy,
  type Cell,
  canonicalJson,
  digestOfJson,
  metricOf,
  RANKED_BY,
} from '@oodgrid/contract';
import { fssdPaper, splitIndices } from '@oodgrid/protocols';
import { delongPaired, NumpyRandomState, type Rows, rocMetrics } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { choose } from '../src/merger/choose.js';
import { compareRows, isEveryPairTested } from '../src/merger/compare.js';
import { fileOrderPlacements } from '../src/merger/file-order.js';
import { mergeCells, type RankedCell } from '../src/merger/merge-cell.js';
import { canonicalCell } from '../src/merger/merged-run-codec.js';
import { resultsDigest } from '../src/merger/results-digest.js';
import { SeriesReader } from '../src/merger/unit-results.js';
import { GridWorkload } from '../src/workload/grid-workload.js';
import { smallGrid } from './small-plan.js';

type Value = (side: 'id' | 'ood', fileIndex: number, column: number) => number;

/** Results of every unit of a plan: the value of each (side, sample, column). Swept columns get their candidate's number. */
function unitResults(slice: number, values: Record<string, Value>, idCount = 2000, oodCount = 2500) {
  const plan = planGrid(smallGrid(idCount, oodCount), slice);
  const units = new Map<string, Rows>();
  for (const { data, order, from, to, units: own } of plan.tasks) {
    if (data === null) continue;
    const side = data.name.startsWith('id') ? 'id' : 'ood';
    const indices = splitIndices(
      fssdPaper,
      order.kind === 'file' ? 'file' : 'permuted',
      side === 'id' ? idCount : oodCount,
    );
    for (const { id, method, columns } of own) {
      const data = Float32Array.from(
        { length: (to - from) * columns },
        (_, i) =>
          (values[method] ?? values.any)?.(side, indices[from + Math.floor(i / columns)] ?? 0, i % columns) ??
          0,
      );
      units.set(id, { rows: to - from, columns, data });
    }
  }
  return { plan, reader: new SeriesReader(plan, (id) => units.get(id)) };
}

const aurocOf = (cell: Cell): number => metricOf(cell, RANKED_BY).estimate;

/** A fixed value per sample, ID a little higher. */
const random = new NumpyRandomState(1).randomSample(10_000);
const noisy =
  (gap: number): Value =>
  (side, index) =>
    (random[index * 2 + (side === 'id' ? 0 : 1)] ?? 0) + (side === 'id' ? gap : 0);

function runChoice(values: Value) {
  const { plan, reader } = unitResults(512, { any: values });
  const [choice] = plan.choices;
  if (choice === undefined) throw new Error('no choice');
  return choose(choice, fssdPaper, reader);
}

function merged(slice: number, values: Record<string, Value>): RankedCell[] {
  const { plan, reader } = unitResults(slice, values);
  const outcome = { candidate: 0, isFallback: false, criteria: [0.5] };
  const choices = new Map(plan.choices.map((choice) => [choice.id, { choice, outcome }] as const));
  const context = {
    reader,
    choices,
    protocol: fssdPaper,
    seed: 1,
    bootstrapReplicates: 100,
    families: [],
    secondsOf: () => 1,
  };
  return mergeCells(plan.cells, context);
}

describe('the choice of hyper-parameters', () => {
  it('takes the candidate with the best TNR', () => {
    expect(
      runChoice((side, index, column) => noisy(column === 2 ? 0.9 : 0.3)(side, index, column)).candidate,
    ).toBe(2);
  });

  it('takes the first of equals', () => {
    expect(
      runChoice((side, index, column) => noisy(column >= 1 ? 0.5 : 0.2)(side, index, column)).candidate,
    ).toBe(1);
  });

  it("falls back to the protocol's setting when none has a TNR above 0", () => {
    expect(runChoice(() => 1)).toMatchObject({
      candidate: 2,
      isFallback: true,
      criteria: [0, 0, 0, 0],
    });
  });
});

it('a choice that a journal of an earlier version has is the same choice', () => {
  const workload = new GridWorkload({ kind: 'grid', grid: smallGrid(), slice: 512 });
  const [choice] = workload.plan.choices;
  if (choice === undefined) throw new Error('no choice');
  workload.noteComputed(choice.id, { candidate: 1, isFallback: false, tnrOfCandidates: [0.25, 0.5, 0, 0] });
  expect(workload.chosen.get(choice.id)).toBe(choice.candidates[1]);
  expect(workload.choices.get(choice.id)?.outcome).toEqual({
    candidate: 1,
    isFallback: false,
    criteria: [0.25, 0.5, 0, 0],
  });
});

describe('merged cells', () => {
  it('are the same whatever the slices', () => {
    const scores = { any: noisy(0.4) };
    expect(merged(512, scores).map(({ cell }) => cell)).toEqual(merged(4096, scores).map(({ cell }) => cell));
  });

  it('split file-order methods in file order and permuted ones by the permutation, and cut OOD to the ID length', () => {
    const [softmax, , odin] = merged(512, { any: noisy(0.4) });
    expect(softmax?.test.id.indices[0]).toBe(1000);
    expect(odin?.test.id.indices[0]).toBe(splitIndices(fssdPaper, 'permuted', 2000)[1000]);
    expect(odin?.cell.counts).toEqual({
      fit: { id: 500, ood: 500 },
      select: { id: 500, ood: 500 },
      test: { id: 1000, ood: 1000 },
    });
    // Each value is the one of the sample that its index names.
    const features = odin?.features.id.test;
    for (const row of [0, 500, 999]) {
      expect(features?.data[row]).toBe(Math.fround(noisy(0.4)('id', features?.indices[row] ?? 0, 0)));
    }
  });

  it('average the members of an ensemble', () => {
    const [, ensemble] = merged(512, { any: noisy(0.4) });
    expect(ensemble?.features.id.test.data[3]).toBe(Math.fround(noisy(0.4)('id', 1003, 0)));
  });

  it('have the metrics of their scores', () => {
    for (const { cell, test } of merged(512, { any: noisy(0.4) })) {
      const metrics = rocMetrics(test.id.scores, test.ood.scores);
      expect(aurocOf(cell)).toBeCloseTo(metrics.auroc, 12);
      expect(metricOf(cell, 'fpr80').estimate).toBe(metrics.fpr80);
    }
  });

  it.each([Number.NaN, Infinity, -Infinity])('refuse scores that are not finite: %s', (bad) => {
    expect(() =>
      merged(512, { any: (side, index) => (index === 1500 ? bad : noisy(0.4)(side, index, 0)) }),
    ).toThrow(/a score is not finite/);
  });
});

/** Paired tests between the rows of the small grid. */
function compared(isEveryPair: boolean) {
  const { cells: planned } = planGrid(smallGrid(), 512);
  const cells = merged(512, { any: noisy(0.4) });
  const stored = cells.map((cell, i) => {
    const own = planned[i];
    if (own === undefined) throw new Error('no such cell');
    return fileOrderPlacements(fssdPaper, own, cell, true);
  });
  const rows = planned.map(({ row, splitOrder }, i) => {
    return {
      method: row,
      splitOrder,
      auroc: metricOf(cells[i]?.cell ?? { method: row, metrics: {} }, RANKED_BY).estimate,
    };
  });
  return [
    ...compareRows({ id: 'id', ood: 'ood', model: 'm' }, rows, isEveryPair, (row, kind) => {
      const found = stored[row]?.[kind];
      if (found === null || found === undefined) throw new Error('no such placements');
      return found;
    }),
  ];
}

/** The same by joining and sorting scores for each pair. */
function comparedByDefinition(a: RankedCell, b: RankedCell) {
  const join = (side: 'id' | 'ood') => {
    const [ofA, ofB] = [a.test[side], b.test[side]];
    const shared = [...ofA.indices].filter((index) => ofB.indices.includes(index)).sort((x, y) => x - y);
    const pick = (test: typeof ofA) =>
      Float64Array.from(shared, (index) => test.scores[test.indices.indexOf(index)] ?? Number.NaN);
    return { a: pick(ofA), b: pick(ofB) };
  };
  const [id, ood] = [join('id'), join('ood')];
  const { difference, p } = delongPaired(id.a, ood.a, id.b, ood.b);
  return { difference, p };
}

describe('comparisons', () => {
  it('are those of the joined scores, to the bit', () => {
    const cells = merged(512, { any: noisy(0.4) });
    const byName = new Map(cells.map((cell) => [cell.cell.method, cell]));
    for (const comparison of compared(true)) {
      const [a, b] = [byName.get(comparison.a), byName.get(comparison.b)];
      if (a === undefined || b === undefined) throw new Error('no such row');
      expect(comparison).toMatchObject(comparedByDefinition(a, b));
    }
  });

  it('of very many rows are with the best row alone', () => {
    const best = merged(512, { any: noisy(0.4) })
      .map(({ cell }) => cell)
      .reduce((top, cell) => (aurocOf(cell) > aurocOf(top) ? cell : top)).method;
    expect(compared(false)).toEqual(compared(true).filter(({ a, b }) => a === best || b === best));
    const rows = (count: number) => Array.from({ length: count }, (_, i) => i);
    expect(isEveryPairTested([rows(447), rows(2)])).toBe(true);
    expect(isEveryPairTested([rows(447), rows(447)])).toBe(false);
  });

  it('join rows by sample: permuted and file-order rows share part of the test samples', () => {
    const comparisons = compared(true);
    expect(comparisons).toHaveLength(6);
    const same = comparisons.find(({ a, b }) => a === 'msp' && b === 'ensemble');
    expect(same).toMatchObject({ difference: 0, p: 1, samplesId: 1000, samplesOod: 1000 });
    const mixed = comparisons.find(({ a, b }) => a === 'msp' && b === 'odin');
    const permuted = new Set(splitIndices(fssdPaper, 'permuted', 2000).slice(1000));
    expect(mixed?.samplesId).toBe(
      Array.from({ length: 1000 }, (_, i) => 1000 + i).filter((index) => permuted.has(index)).length,
    );
  });
});

describe('the digest', () => {
  it('leaves out seconds and what cards say, and takes in scores and accuracies', () => {
    const cells = merged(512, { any: noisy(0.4) }).map(({ cell }) => cell);
    const accuracies: Accuracy[] = [
      {
        model: 'm',
        id: 'id',
        accuracy: { value: 0.5, low: 0.4, high: 0.6 },
        correct: 1,
        samples: 2,
        cardAccuracy: 0.9,
      },
    ];
    const comparisons = compared(true);
    const evaluated = {
      grid: { seed: 1 },
      protocol: { name: 'fssd-paper', criterion: 'TNR at 95 % TPR' },
      metrics: fssdPaper.metrics.map(({ key, title, isLowerBetter, positive }) => ({
        key,
        title,
        isLowerBetter,
        positive,
      })),
    };
    const digestOf = (own: typeof cells, ofModels: typeof accuracies) =>
      resultsDigest(
        { ...evaluated, accuracies: ofModels },
        own.map((cell) => canonicalCell({ cell })),
        comparisons.map(canonicalJson),
      );
    const digest = digestOf(cells, accuracies);
    const later = cells.map((cell) => ({ ...cell, seconds: 99 }));
    const withoutCard = accuracies.map((one) => ({ ...one, cardAccuracy: null }));
    expect(digestOf(later, withoutCard)).toBe(digest);
    const others = merged(512, { any: noisy(0.41) }).map(({ cell }) => cell);
    expect(digestOf(others, accuracies)).not.toBe(digest);
    expect(
      digestOf(
        cells,
        accuracies.map((one) => ({ ...one, correct: 2 })),
      ),
    ).not.toBe(digest);
    const whole = {
      ...evaluated,
      cells: cells.map(({ seconds: _seconds, ...cell }) => cell),
      comparisons,
      accuracies: accuracies.map(({ cardAccuracy: _card, ...measured }) => measured),
    };
    expect(digest).toBe(digestOfJson(whole));
  });
});
