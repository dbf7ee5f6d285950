import { NumpyRandomState, rocMetrics } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { choose } from '../src/merger/choose.js';
import { compareCells } from '../src/merger/compare.js';
import { type MergedCell, mergeCell } from '../src/merger/merge-cell.js';
import { resultsDigest } from '../src/merger/results-digest.js';
import { SeriesReader, type UnitScores } from '../src/merger/unit-results.js';
import { splitOrder } from '../src/planner/splits.js';
import { smallGrid } from './small-plan.js';

type Value = (side: 'id' | 'ood', fileIndex: number, column: number) => number;

/** Results of every unit of a plan: the value of each (side, sample, column). Swept columns get their candidate's number. */
function unitResults(slice: number, values: Record<string, Value>, idCount = 2000, oodCount = 2500) {
  const plan = planGrid(smallGrid(idCount, oodCount), slice);
  const units = new Map<string, UnitScores>();
  for (const { data, order, from, to, units: own } of plan.tasks) {
    if (data === null) continue;
    const side = data.name.startsWith('id') ? 'id' : 'ood';
    const indices = splitOrder(
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
  const steps = choose(choice, reader);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

function merged(slice: number, values: Record<string, Value>): MergedCell[] {
  const { plan, reader } = unitResults(slice, values);
  const outcome = { candidate: 0, isFallback: false, tnrOfCandidates: [0.5] };
  const choices = new Map(plan.choices.map((choice) => [choice.id, { choice, outcome }] as const));
  const context = {
    reader,
    choices,
    protocol: 'fssd-paper',
    seed: 1,
    bootstrapReplicates: 100,
    secondsOf: () => 1,
  };
  return plan.cells.map((cell) => mergeCell(cell, context));
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
      tnrOfCandidates: [0, 0, 0, 0],
    });
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
    expect(odin?.test.id.indices[0]).toBe(splitOrder('permuted', 2000)[1000]);
    expect(odin?.cell.counts).toEqual({
      valFitId: 500,
      valFitOod: 500,
      valSelectId: 500,
      valSelectOod: 500,
      testId: 1000,
      testOod: 1000,
    });
    // Each value is the one of the sample that its index names.
    const features = odin?.features.id.test;
    for (const row of [0, 500, 999]) {
      expect(features?.values[row]).toBe(Math.fround(noisy(0.4)('id', features?.indices[row] ?? 0, 0)));
    }
  });

  it('average the members of an ensemble', () => {
    const [, ensemble] = merged(512, { any: noisy(0.4) });
    expect(ensemble?.features.id.test.values[3]).toBe(Math.fround(noisy(0.4)('id', 1003, 0)));
  });

  it('have the metrics of their scores', () => {
    for (const { cell, test } of merged(512, { any: noisy(0.4) })) {
      const metrics = rocMetrics(test.id.scores, test.ood.scores);
      expect(cell.metrics.auroc.value).toBeCloseTo(metrics.auroc, 12);
      expect(cell.metrics.fpr80.value).toBe(metrics.fpr80);
    }
  });

  it.each([Number.NaN, Infinity, -Infinity])('refuse scores that are not finite: %s', (bad) => {
    expect(() =>
      merged(512, { any: (side, index) => (index === 1500 ? bad : noisy(0.4)(side, index, 0)) }),
    ).toThrow(/a score is not finite/);
  });
});

describe('comparisons', () => {
  it('join rows by sample: permuted and file-order rows share part of the test samples', () => {
    const cells = merged(512, { any: noisy(0.4) });
    const comparisons = compareCells(cells);
    expect(comparisons).toHaveLength(6);
    const same = comparisons.find(({ a, b }) => a === 'msp' && b === 'ensemble');
    expect(same).toMatchObject({ difference: 0, p: 1, samplesId: 1000, samplesOod: 1000 });
    const mixed = comparisons.find(({ a, b }) => a === 'msp' && b === 'odin');
    const permuted = new Set(splitOrder('permuted', 2000).slice(1000));
    expect(mixed?.samplesId).toBe(
      Array.from({ length: 1000 }, (_, i) => 1000 + i).filter((index) => permuted.has(index)).length,
    );
  });
});

describe('the digest', () => {
  it('leaves out seconds and what cards say, and takes in scores and accuracies', () => {
    const cells = merged(512, { any: noisy(0.4) }).map(({ cell }) => cell);
    const accuracies = [
      {
        model: 'm',
        id: 'id',
        accuracy: { value: 0.5, low: 0.4, high: 0.6 },
        correct: 1,
        samples: 2,
        cardAccuracy: 0.9,
      },
    ];
    const digest = resultsDigest({}, cells, [], accuracies);
    const later = cells.map((cell) => ({ ...cell, seconds: 99 }));
    const withoutCard = accuracies.map((one) => ({ ...one, cardAccuracy: null }));
    expect(resultsDigest({}, later, [], withoutCard)).toBe(digest);
    const others = merged(512, { any: noisy(0.41) }).map(({ cell }) => cell);
    expect(resultsDigest({}, others, [], accuracies)).not.toBe(digest);
    expect(
      resultsDigest(
        {},
        cells,
        [],
        accuracies.map((one) => ({ ...one, correct: 2 })),
      ),
    ).not.toBe(digest);
  });
});
