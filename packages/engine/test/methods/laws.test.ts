import { readFileSync, writeFileSync } from 'node:fs';
import { type Digest, type MethodPlan, sha256, type TaskSpec, type UnitSpec } from '@oodgrid/contract';
import { ARITHMETICS, type Arithmetic, METHODS, planMethod } from '@oodgrid/methods';
import { factsOf, findArchitecture } from '@oodgrid/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Engine, tf } from '../../src/compute.js';
import { nativeEngine } from '../support/engine.js';
import { images, noise, run, scaledWeights, task, unit } from '../support/tasks.js';

// What every method of the catalog keeps to. A new method is held to it by being listed.

const lenet = findArchitecture('lenet');
if (lenet === undefined) throw new Error('no LeNet');
const FACTS = factsOf(lenet, 'lenet', 10);
const PLACES = { method: 'methods[0]', model: 'models[0]' };
const MODELS: Readonly<Record<string, unknown>> = { members: ['a', 'b'], model: 'a' };

/** Options that a grid must give, and fewer passes than it would have. */
function planOf({ name }: { readonly name: string }): MethodPlan {
  const method =
    METHODS.find((one) => one.name === name) ?? METHODS.find((one) => one.arithmetic.name === name);
  if (method === undefined) throw new Error(`no method ${name}`);
  const models = method.models === undefined ? {} : { [method.models]: MODELS[method.models] };
  const passes = method.arithmetic.passes === undefined ? {} : { passes: 3 };
  return planMethod(method, { ...models, ...passes }, FACTS, PLACES);
}

const TRAIN = 1100;
const train = { name: 'clothes/train', images: images(TRAIN, 7) };
const data = { name: 'clothes/test', images: images(160) };
const ORDER = { forward: { kind: 'file' }, gradient: { kind: 'numpy-permutation', seed: 42 } } as const;

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

const fits = new Map<string, Promise<Digest | null>>();

/** The fitted state of a method, fitted once. */
function fitted(plan: MethodPlan): Promise<Digest | null> {
  const known = fits.get(plan.compute) ?? fit(plan);
  fits.set(plan.compute, known);
  return known;
}

async function fit({ compute, fit: on }: MethodPlan, rest: Partial<TaskSpec> = {}): Promise<Digest | null> {
  if (on === 'none') return null;
  const spec = unit(compute);
  const from = on === 'train' ? { data: train, to: TRAIN } : { ...noise, to: 20 };
  return (await run(engine, task([spec], { kind: 'fit', ...from, ...rest }))).fitted.get(spec.key) ?? null;
}

/** A unit of the first, the middle and the last setting. */
async function unitOf(plan: MethodPlan, candidates = threeOf(plan.candidates)): Promise<UnitSpec> {
  const { compute, options, pass } = plan;
  return unit(compute, { options, pass, candidates: [...candidates], fitted: await fitted(plan) });
}

const threeOf = <T>(list: readonly T[]): readonly T[] =>
  list.length <= 3 ? list : [list[0], list[list.length >> 1], list.at(-1)].filter((one) => one !== undefined);

async function scores(
  plan: MethodPlan,
  units: readonly UnitSpec[],
  rest: Partial<TaskSpec>,
): Promise<ReadonlyMap<Digest, Float32Array>> {
  return (await run(engine, task(units, { data, order: ORDER[plan.pass], to: 128, ...rest }))).scores;
}

const only = async (plan: MethodPlan, one: UnitSpec, rest: Partial<TaskSpec> = {}): Promise<Float32Array> =>
  (await scores(plan, [one], rest)).get(one.key) ?? new Float32Array();

const PLANS = [
  ...new Map(METHODS.map((method) => planOf(method)).map((plan) => [plan.compute, plan])).values(),
];

const tasks = new Map<string, Promise<ReadonlyMap<Digest, Float32Array>>>();

/**
 * Scores of all methods of a pass, every setting that laws take, in one task; computed once for all methods. Of every two methods each comes
 * after the other in one of the two orders.
 */
function together(pass: MethodPlan['pass'], order: 'catalog' | 'reversed') {
  const id = `${pass} ${order}`;
  const known = tasks.get(id) ?? computeTogether(pass, order);
  tasks.set(id, known);
  return known;
}

async function computeTogether(pass: MethodPlan['pass'], order: 'catalog' | 'reversed') {
  const plans = PLANS.filter((plan) => plan.pass === pass);
  const [first] = plans;
  if (first === undefined) throw new Error(`no method of pass ${pass}`);
  const units = await Promise.all(plans.map((plan) => unitOf(plan)));
  return scores(first, order === 'catalog' ? units : units.toReversed(), {});
}

describe.each(PLANS.map((plan) => [plan.compute, plan] as const))('%s', (_name, plan) => {
  it('has a column for each name and setting, and finite numbers in them', async () => {
    const one = await unitOf(plan);
    const values = await only(plan, one, { to: 64 });
    expect(values.length).toBe(64 * Math.max(1, one.candidates.length) * plan.columns.length);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('has the same bits whatever the slices', async () => {
    const one = await unitOf(plan);
    const whole = await only(plan, one);
    const halves = [await only(plan, one, { to: 64 }), await only(plan, one, { from: 64 })];
    expect(Float32Array.from(halves.flatMap((half) => [...half]))).toEqual(whole);
  });

  it('has the same bits whatever its neighbours in the task, those before it and those after it', async () => {
    const one = await unitOf(plan);
    const alone = await only(plan, one);
    for (const order of ['catalog', 'reversed'] as const)
      expect((await together(plan.pass, order)).get(one.key), order).toEqual(alone);
  });

  it('has the same bits whatever the other settings', async () => {
    const one = await unitOf(plan);
    const whole = await only(plan, one);
    const perRow = whole.length / 128;
    const width = perRow / Math.max(1, one.candidates.length);
    for (const [i, candidate] of one.candidates.entries()) {
      const alone = await only(plan, await unitOf(plan, [candidate]));
      expect(alone).toEqual(whole.filter((_, at) => Math.floor((at % perRow) / width) === i));
    }
  });

  it('frees its tensors, after fits, scores and aborts', async () => {
    const one = await unitOf(plan);
    await only(plan, one, { to: 64 });
    const before = tf.memory().numTensors;
    await fit(plan);
    await only(plan, one, { to: 150 });
    await expect(
      run(engine, task([one], { data, order: ORDER[plan.pass], to: 64 }), AbortSignal.abort()),
    ).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses features that are not finite, in fits and scores', async () => {
    const weights = scaledWeights({ 'conv1.weight': 1e25, 'conv2.weight': 1e14 });
    const broken = { model: { name: 'broken', architecture: 'lenet' as const, weights, classes: 10 } };
    const refusal = {
      code: 'not-finite',
      message: expect.stringMatching(/"broken": layer\d gives (-?Infinity|NaN)/),
    };
    await expect(only(plan, await unitOf(plan), { ...broken, to: 64 })).rejects.toMatchObject(refusal);
    if (plan.fit !== 'none') await expect(fit(plan, broken)).rejects.toMatchObject(refusal);
  });

  it('refuses a setting that it cannot have', async () => {
    const { arithmetic } = METHODS.find((one) => one.arithmetic.name === plan.compute) ?? {};
    const wrong = Object.fromEntries(Object.keys(arithmetic?.setting.shape ?? {}).map((key) => [key, 'x']));
    if (Object.keys(wrong).length === 0) return;
    await expect(only(plan, { ...(await unitOf(plan, [])), options: wrong })).rejects.toThrow(
      /cannot be computed with/,
    );
  });
});

const RECORD = new URL('./recorded-scores.json', import.meta.url);
const recordSchema = z.record(
  z.string(),
  z.object({
    revision: z.number(),
    /** Of the first samples, of all columns. */
    first: z.array(z.number()),
    /** SHA-256 of all scores, by numerics class. */
    digests: z.record(z.string(), z.string()),
  }),
);

describe('the numbers of a revision', () => {
  const record = recordSchema.parse(JSON.parse(readFileSync(RECORD, 'utf8')));
  const isUpdate = process.env.OODGRID_RECORD_SCORES === '1';

  it.each(PLANS.map((plan) => [plan.compute, plan] as const))('%s', async (name, plan) => {
    const values = await only(plan, await unitOf(plan), { to: 64 });
    const digest = sha256(new Uint8Array(values.buffer));
    const { numericsClass } = engine;
    const first = [...values.slice(0, 12)].map((value) => Number(value.toPrecision(6)));
    const known = record[name];
    if (isUpdate) {
      const digests = {
        ...(known?.revision === plan.revision ? known.digests : {}),
        [numericsClass]: digest,
      };
      record[name] = { revision: plan.revision, first, digests };
      writeFileSync(RECORD, `${JSON.stringify(record, null, 2)}\n`);
      return;
    }
    const advice = `scores of ${name} differ from those of its revision: bump it, then run this file with OODGRID_RECORD_SCORES=1`;
    expect(known?.revision, advice).toBe(plan.revision);
    // Another processor rounds otherwise; through gradients' signs a little may come of it.
    for (const [i, value] of first.entries())
      expect(Math.abs(value - (known?.first[i] ?? Number.NaN)), advice).toBeLessThan(
        1e-3 * Math.max(1, Math.abs(value)),
      );
    if (known?.digests[numericsClass] !== undefined)
      expect(known.digests[numericsClass], advice).toBe(digest);
  });

  it('are recorded of every arithmetic but predictions and given scores, which are no detectors', () => {
    const others = ['predictions', 'given-scores'];
    const names = ARITHMETICS.map(({ name }: Arithmetic) => name).filter((name) => !others.includes(name));
    expect(Object.keys(record).sort()).toEqual([...names].sort());
  });
});
