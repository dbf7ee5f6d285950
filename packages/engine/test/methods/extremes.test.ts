import { OodError } from '@oodgrid/contract';
import { METHODS, planMethod } from '@oodgrid/methods';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nativeEngine } from '../support/engine.js';
import { normalValues } from '../support/random.js';
import { factsOf, fitAlone, type SmallModel, scoreAlone } from '../support/score-alone.js';

// Another law of every method of the catalog: whatever finite features and logits it meets, its scores are finite, or it refuses them
// with an error that says what is wrong. What is refused is listed, so that no method falls silent by chance.

beforeAll(async () => {
  await nativeEngine();
});

interface Shape {
  readonly train: number;
  readonly features: number;
  readonly classes: number;
  /** Turns a normal value at a sample and a unit into a feature. */
  readonly feature?: (normal: number, sample: number, unit: number) => number;
  /** Factor for the weights. */
  readonly gain?: number;
}

/** A head, and features of train and test samples; logits are the head's. */
function madeOf({ train, features, classes, feature = Math.max.bind(null, 0), gain = 1 }: Shape) {
  const values = normalValues(5, classes * (features + 1) + (train + 12) * features);
  let used = 0;
  const next = (): number => values[used++] ?? Number.NaN;
  const row = (length: number, value: (j: number) => number): number[] =>
    Array.from({ length }, (_, j) => value(j));
  const weight = Array.from({ length: classes }, () => row(features, () => gain * next()));
  const bias = row(classes, () => gain * next());
  const set = (count: number): SmallModel => {
    const h = Array.from({ length: count }, (_, i) => row(features, (j) => feature(next(), i, j)));
    const z = h.map((x) =>
      weight.map((w, c) => w.reduce((sum, value, j) => sum + value * (x[j] ?? Number.NaN), bias[c] ?? 0)),
    );
    return { h, z, head: { weight, bias }, labels: h.map((_, i) => i % classes) };
  };
  return { train: set(train), test: set(12) };
}

const ENOUGH = 1200;
const EXTREMES: Readonly<Record<string, Shape>> = {
  'one class': { train: ENOUGH, features: 6, classes: 1 },
  'two classes': { train: ENOUGH, features: 6, classes: 2 },
  'a thousand classes': { train: 2000, features: 6, classes: 1000 },
  'one feature': { train: ENOUGH, features: 1, classes: 3 },
  'features that are all zero': { train: ENOUGH, features: 6, classes: 3, feature: () => 0 },
  'samples that are all the same': { train: ENOUGH, features: 6, classes: 3, feature: (_, __, j) => j % 4 },
  'a unit that is dead in all samples': {
    train: ENOUGH,
    features: 6,
    classes: 3,
    feature: (value, _, j) => (j === 2 ? 0 : Math.max(0, value)),
  },
  'one sample without any feature': {
    train: ENOUGH,
    features: 6,
    classes: 3,
    feature: (value, i) => (i === 3 ? 0 : Math.max(0, value)),
  },
  'features below zero': {
    train: ENOUGH,
    features: 6,
    classes: 3,
    feature: (value) => -Math.abs(value) - 0.1,
  },
  'huge logits': { train: ENOUGH, features: 6, classes: 3, gain: 1e5 },
  'huge features': { train: ENOUGH, features: 6, classes: 3, feature: (value) => 1e6 * Math.max(0, value) },
  'tiny features': { train: ENOUGH, features: 6, classes: 3, feature: (value) => 1e-6 * Math.max(0, value) },
};

/** What the methods that need axes beyond the principal ones say where there are none. */
const refusedByResiduals = (message: RegExp) => ({
  vim: message,
  residual: message,
  'gen-residual': message,
});

/** Refusals, by extreme and arithmetic. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'one feature': refusedByResiduals(/fill only 1 of 1 dimensions, so nothing is left outside; leave \S+ out/),
  'features that are all zero': refusedByResiduals(/fill only 1 of 6 dimensions/),
  'samples that are all the same': refusedByResiduals(/fill only 1 of 6 dimensions/),
};

const settingSchema = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));
const MODELS: Readonly<Record<string, unknown>> = { members: ['a', 'b'], model: 'a' };
const arithmetics = [...new Map(METHODS.map((method) => [method.arithmetic.name, method])).entries()];

describe.each(Object.entries(EXTREMES))('%s', (name, shape) => {
  const { train, test } = madeOf(shape);
  const facts = { ...factsOf(train), offers: { head: true, gradient: true, dropout: true }, dropoutTap: 'h' };

  it.each(arithmetics)('%s', (compute, method) => {
    const models = method.models === undefined ? {} : { [method.models]: MODELS[method.models] };
    const refusal = REFUSED[name]?.[compute];
    const scores = () => {
      const plan = planMethod(method, models, facts, { method: 'a method', model: 'a model' });
      const state = fitAlone(method.arithmetic, train);
      const settings = (plan.candidates.length === 0 ? [{}] : plan.candidates.slice(0, 3)).map((one) => ({
        ...plan.options,
        ...one,
      }));
      return plan.columns.flatMap((column) =>
        settings.flatMap((setting) =>
          scoreAlone(
            method.arithmetic,
            test,
            [settingSchema.parse(method.arithmetic.setting.parse(setting))],
            state,
            column,
          ).flat(),
        ),
      );
    };
    if (refusal === undefined) {
      expect(scores().filter((value) => !Number.isFinite(value))).toEqual([]);
      return;
    }
    expect(scores).toThrow(OodError);
    expect(scores).toThrow(refusal);
  });
});
