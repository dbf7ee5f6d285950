import type { Rows } from '@oodgrid/stats';
import { describe, expect, it } from 'vitest';
import { planGrid } from '../src/index.js';
import { mergeAccuracies } from '../src/merger/merge-accuracies.js';
import { SeriesReader } from '../src/merger/unit-results.js';
import { smallGrid } from './small-plan.js';

const NO_BOOTSTRAP = { seed: 0, replicates: 0 };
const LABELS = (sample: number) => sample % 10;

/** What is said of model m on 2,000 samples where it predicts so. */
function measured(predict: (sample: number) => number, card?: number, label = LABELS) {
  const plan = planGrid(smallGrid(), 512);
  const units = new Map<string, Rows>();
  for (const { from, to, units: own } of plan.tasks) {
    for (const { id, method } of own) {
      if (method !== 'predictions') continue;
      const data = Float32Array.from({ length: 2 * (to - from) }, (_, i) => {
        const sample = from + Math.floor(i / 2);
        return i % 2 === 0 ? predict(sample) : label(sample);
      });
      units.set(id, { rows: to - from, columns: 2, data });
    }
  }
  const reader = new SeriesReader(plan, (id) => units.get(id));
  const { accuracies, warnings } = mergeAccuracies(
    plan.accuracies,
    reader,
    card === undefined ? {} : { m: card },
    NO_BOOTSTRAP,
  );
  return { accuracy: accuracies[0], warning: warnings[0], all: accuracies };
}

/** Right for nine samples of ten, next to it for the others. */
const good = (sample: number) => (sample % 100 < 90 ? LABELS(sample) : (LABELS(sample) + 1) % 10);

describe('planned accuracies', () => {
  it('are one unit more of the pass that is there, for every model of a row and ID set', () => {
    const { tasks, accuracies } = planGrid(smallGrid(), 4096);
    expect(accuracies.map(({ model, id }) => [model, id])).toEqual([
      ['m', 'id'],
      ['other', 'id'],
    ]);
    const sharing = tasks.filter(({ units }) => units.some(({ method }) => method === 'predictions'));
    expect(sharing.map(({ units, data }) => [data.name, units.map(({ method }) => method)])).toEqual([
      ['id/test', ['msp', 'predictions']],
      ['id/test', ['msp', 'predictions']],
    ]);
  });

  it('change no other unit: the plan without them is what it was', () => {
    const { tasks } = planGrid(smallGrid(), 512);
    const rows = smallGrid().rows.filter(({ row }) => row === 'odin');
    const alone = planGrid({ ...smallGrid(), rows, auxiliaryModels: [] }, 512).tasks;
    const odin = tasks.filter(({ units }) => units.some(({ method }) => method === 'odin'));
    const others = alone.filter(({ units }) => units.every(({ method }) => method === 'predictions'));
    expect(others.map(({ from, to }) => [from, to]).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual([
      [0, 512],
      [512, 1024],
      [1024, 1536],
      [1536, 2000],
    ]);
    expect(alone.length - others.length).toBe(odin.length);
  });
});

describe('a measured accuracy', () => {
  it('is counted over the whole test set, with its interval', () => {
    const { accuracy, warning, all } = measured(good);
    expect(all).toHaveLength(2);
    expect(accuracy).toMatchObject({
      model: 'm',
      id: 'id',
      correct: 1800,
      samples: 2000,
      cardAccuracy: null,
    });
    expect(accuracy?.accuracy.value).toBe(0.9);
    expect(accuracy?.accuracy.low).toBeGreaterThan(0.88);
    expect(warning).toBeUndefined();
  });

  it('takes no card from what every object has: a model may be called constructor', () => {
    const series = [{ id: 's', columns: 2, parts: [{ unit: 'u', from: 0, to: 1 }] }];
    const reader = new SeriesReader({ series }, () => ({ rows: 1, columns: 2, data: Float32Array.of(1, 1) }));
    const planned = [{ model: 'constructor', id: 'id', classes: 10, series: 's' }];
    expect(mergeAccuracies(planned, reader, {}, NO_BOOTSTRAP).accuracies[0]?.cardAccuracy).toBeNull();
  });

  it('at chance: labels that start at 1 are named for what they are', () => {
    // Ten classes, of which the set holds labels 1 to 9.
    const label = (sample: number) => 1 + (sample % 9);
    const { warning } = measured((sample) => (sample % 100 < 90 ? label(sample) - 1 : 9), undefined, label);
    expect(warning).toMatchObject({
      code: 'accuracy-at-chance',
      severity: 'serious',
      place: { model: 'm', id: 'id' },
    });
    expect(warning?.message).toContain('The labels start at 1: counted from 0, 90.00 % are correct');
  });

  it('at chance: classes in another order', () => {
    const { warning } = measured((sample) => 9 - good(sample));
    expect(warning?.code).toBe('accuracy-at-chance');
    expect(warning?.message).toContain('predicts 0 for label 9, 1 for label 8');
    expect(warning?.message).toContain('put in order, 90.00 % are correct');
  });

  it('at chance: one class for everything', () => {
    const { warning } = measured(() => 3);
    expect(warning?.code).toBe('accuracy-at-chance');
    expect(warning?.message).toContain('classifies 10.00 % of the 2000 test samples of "id" correctly');
    expect(warning?.message).toContain('Check that weights');
  });

  it('below the card, but not within its rounding', () => {
    expect(measured(good, 0.9).warning).toBeUndefined();
    expect(measured(good, 0.92).warning).toBeUndefined();
    expect(measured(good, 0.94).warning).toMatchObject({ code: 'accuracy-below-card' });
    expect(measured(good, 0.94).accuracy?.cardAccuracy).toBe(0.94);
  });

  it('that is low at all', () => {
    const { warning } = measured((sample) => (sample % 100 < 45 ? LABELS(sample) : (sample * 7 + 3) % 10));
    expect(warning).toMatchObject({ code: 'accuracy-low' });
  });
});
