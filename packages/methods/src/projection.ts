import { z } from 'zod';
import {
  defineMethod,
  type FitBatch,
  type FitContext,
  type Ops,
  type Rows,
  type State,
  type Tensor,
  type Tensor2D,
} from './method.js';
import { labelledMeans } from './parts/labelled-means.js';
import { as1D, flatten } from './parts/shapes.js';
import { unitRows } from './parts/unit-rows.js';

/** The largest value of each channel of [n, h, w, c], or the features of [n, d]. */
const pooled = (ops: Ops, f: Tensor): Tensor2D => flatten(ops, f.rank === 4 ? ops.max(f, [1, 2]) : f);

const keep = ({ ops, facts, tap }: FitBatch) => {
  const layers = facts.layers.map(
    (layer) => [`layer ${layer}`, ops.tidy(() => pooled(ops, tap(layer)))] as const,
  );
  return {
    ...Object.fromEntries(layers),
    softmax: ops.tidy(() => ops.softmax(flatten(ops, tap(facts.logits)))),
  };
};

/** Mean over samples of sum over classes of p_c <f, direction of the class>. */
function meanProjection({ rows, columns: d, data }: Rows, p: Rows, axes: Float32Array): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < p.columns; c++) {
      let along = 0;
      for (let j = 0; j < d; j++) along += data[row * d + j] * axes[c * d + j];
      sum += along * p.data[row * p.columns + c];
    }
  }
  return sum / rows;
}

function solve(kept: (name: string) => Rows, { facts: { layers, classes }, labels }: FitContext): State {
  const fitted = layers.flatMap((layer) => {
    const f = kept(`layer ${layer}`);
    const means = labelledMeans(layer, f, labels, classes);
    const axes = unitRows({ rows: classes, columns: f.columns, data: means });
    const usual = Float32Array.of(meanProjection(f, kept('softmax'), axes));
    return [
      [`axes ${layer}`, { shape: [classes, f.columns], data: axes }],
      [`usual ${layer}`, { shape: [1], data: usual }],
    ] as const;
  });
  return Object.fromEntries(fitted);
}

/** How the features of each layer project on the means of the classes that are believed in, against how those of the train set do. */
export const projection = defineMethod({
  name: 'projection',
  revision: 1,
  card: {
    title: 'Projection trajectory',
    score:
      'sum over layers of s(x) mean s, s = sum over classes of p_c <f, mu_c> / ||mu_c||, f the largest value of each channel',
    cites: {
      authors:
        'Eduardo Dadalto and Pierre Colombo and Guillaume Staerman and Nathan Noiry and Pablo Piantanida',
      title: 'A Functional Data Perspective and Baseline On Multi-Layer Out-of-Distribution Detection',
      year: 2023,
      arxiv: '2306.03522',
      at: 'section 4',
    },
    cost: 'O(C D) a sample and layer; fit O(N C D)',
    quarrels: [
      'Layers are those of the model that methods of several layers read; of exported features there may be one.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ layers, logits }) => ({ taps: [...new Set([...layers, logits])] }),
  fit: { on: 'train', needsLabels: 'every-class', collect: keep, solve },
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const p = ops.softmax(flatten(ops, tap(facts.logits)));
      const each = facts.layers.map((layer) => {
        const along = ops.matMul(pooled(ops, tap(layer)), state(`axes ${layer}`), false, true);
        return ops.mul(ops.sum(ops.mul(along, p), 1), state(`usual ${layer}`));
      });
      return as1D(ops, ops.addN(each));
    }),
});
