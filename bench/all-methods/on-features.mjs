import { tf } from '../../packages/engine/dist/compute.js';
import { findArithmetic } from '../../packages/methods/dist/index.js';
import { secondsSince } from './clock.mjs';

const BATCH = 512;

/** What an arithmetic reads of features [n, d] and logits [n, c] in memory. */
const batchOf = (facts, head, set, from, to) => {
  const rows = (name, width) => tf.tensor2d(set[name].subarray(from * width, to * width), [to - from, width]);
  const taps = { h: rows('features', facts.features), z: rows('logits', facts.classes) };
  return { ops: tf, facts, head, tap: (name) => taps[name] };
};

/** Processor seconds of the fit and of the scores of one method on features in memory, in batches of 512 as an executor does it. */
export function onFeatures(method, setting, { train, test, weight, bias, units, classes }) {
  const facts = {
    name: 'bench',
    taps: ['h', 'z'],
    layers: ['h'],
    penultimate: 'h',
    logits: 'z',
    features: units,
    classes,
  };
  const head = { weight: tf.tensor2d(weight, [classes, units]), bias: tf.tensor1d(bias) };
  const arithmetic = findArithmetic(method);
  const start = process.cpuUsage();
  const state = arithmetic.fit === undefined ? {} : fit(arithmetic, facts, head, train, { weight, bias });
  const held = new Map(
    Object.entries(state).map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
  );
  const fitSeconds = secondsSince(start);
  const parsed = arithmetic.setting.parse(setting);
  const scores = [];
  for (let from = 0; from < test.rows; from += BATCH) {
    tf.tidy(() => {
      const shared = new Map();
      const once = (key, make) => shared.get(key) ?? shared.set(key, make()).get(key);
      const batch = batchOf(facts, head, test, from, Math.min(test.rows, from + BATCH));
      const rest = { setting: parsed, settings: [parsed], state: (name) => held.get(name), once };
      scores.push(...arithmetic.score({ ...batch, ...rest }, 'score').dataSync());
    });
  }
  const scoreSeconds = secondsSince(start) - fitSeconds;
  tf.dispose([...held.values(), head.weight, head.bias]);
  return { fit: fitSeconds, score: scoreSeconds, scores };
}

function fit({ fit: { collect, solve } }, facts, head, train, { weight, bias }) {
  const kept = new Map();
  for (let from = 0; from < train.rows; from += BATCH) {
    tf.tidy(() => {
      const to = Math.min(train.rows, from + BATCH);
      for (const [name, tensor] of Object.entries(collect(batchOf(facts, head, train, from, to)))) {
        const columns = tensor.shape[1];
        const all = kept.get(name) ?? {
          rows: train.rows,
          columns,
          data: new Float32Array(train.rows * columns),
        };
        all.data.set(tensor.dataSync(), from * columns);
        kept.set(name, all);
      }
    });
  }
  const rows = { rows: facts.classes, columns: facts.features, data: weight };
  return solve((name) => kept.get(name), {
    facts,
    source: 'bench',
    labels: train.labels,
    head: { weight: rows, bias },
  });
}
