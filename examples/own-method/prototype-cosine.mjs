import { directionsOf } from './class-directions.mjs';

// The cosine between a sample's features and the nearest class mean of the train set, times a power of the features' length: power 0
// asks for the direction alone, power 1 is the inner product. Arithmetic by `ops`, TensorFlow.js.
export default ({ z, defineMethod, parts: { flatten } }) =>
  defineMethod({
    name: 'prototype-cosine',
    revision: 1,
    card: {
      title: 'Prototype cosine',
      score: '||h||^power max_c cos(h, mean_c)',
    },
    // What a grid may say, with defaults.
    config: z.strictObject({
      powers: z
        .array(z.number().min(0).max(4))
        .min(1)
        .default([0, 0.5, 1])
        .meta({ title: 'powers to choose from' }),
    }),
    // What is chosen from, and what `score` sees of it.
    sweep: ({ powers }) => ({ settings: powers.map((power) => ({ power })), fallback: 0 }),
    setting: z.object({ power: z.number() }),
    needs: ({ penultimate }) => ({ taps: [penultimate] }),
    fit: {
      on: 'train',
      needsLabels: 'any',
      collect: ({ ops, facts, tap }) => ({ features: flatten(ops, tap(facts.penultimate)) }),
      solve: (kept, { facts, labels }) => ({
        directions: directionsOf(kept('features'), labels, facts.classes),
      }),
    },
    score: ({ ops, facts, tap, state, setting: { power } }) =>
      ops.tidy(() => {
        const h = flatten(ops, tap(facts.penultimate));
        const length = ops.norm(h, 2, 1);
        const products = ops.matMul(h, state('directions'), false, true);
        const cosine = ops.divNoNan(ops.max(products, 1), length);
        return ops.mul(cosine, ops.pow(length, power));
      }),
  });
