import { directionsOf } from './class-directions.mjs';

// The same score on typed arrays: rows of float32, one sample each. It reads like its formula, and runs in JavaScript.
export default ({ z, defineArrayMethod }) =>
  defineArrayMethod({
    name: 'prototype-cosine-arrays',
    revision: 1,
    card: {
      title: 'Prototype cosine (arrays)',
      score: '||h||^power max_c cos(h, mean_c)',
    },
    config: z.strictObject({
      powers: z
        .array(z.number().min(0).max(4))
        .min(1)
        .default([0, 0.5, 1])
        .meta({ title: 'powers to choose from' }),
    }),
    sweep: ({ powers }) => ({ settings: powers.map((power) => ({ power })), fallback: 0 }),
    setting: z.object({ power: z.number() }),
    // What is read of a pass is what a fit keeps of it.
    needs: ({ penultimate }) => ({ taps: [penultimate] }),
    fit: {
      on: 'train',
      needsLabels: 'any',
      solve: (kept, { facts, labels }) => ({
        directions: directionsOf(kept(facts.penultimate), labels, facts.classes),
      }),
    },
    score: ({ facts, tap, state, setting: { power } }) => {
      const { rows, columns, data } = tap(facts.penultimate);
      const directions = state('directions').data;
      return Float32Array.from({ length: rows }, (_, row) => {
        const h = data.subarray(row * columns, (row + 1) * columns);
        const length = Math.hypot(...h);
        if (length === 0) return 0;
        let closest = -Infinity;
        for (let c = 0; c < facts.classes; c++) {
          let product = 0;
          for (let j = 0; j < columns; j++) product += h[j] * directions[c * columns + j];
          closest = Math.max(closest, product / length);
        }
        return closest * length ** power;
      });
    },
  });
