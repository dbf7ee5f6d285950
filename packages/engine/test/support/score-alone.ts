import type { Arithmetic, FitContext, Rows, State } from '@oodgrid/methods';
import { type Tensor, tf } from '../../src/backend/tensors.js';

/** A method's inputs as a reference script writes them: samples by rows. */
export type Table = readonly (readonly number[])[];

const rowsOf = (table: Table): Rows => ({
  rows: table.length,
  columns: table[0]?.length ?? 0,
  data: Float32Array.from(table.flat()),
});

const FACTS = {
  name: 'small',
  architecture: 'small',
  input: [1, 1, 1],
  taps: ['h', 'z'],
  layers: ['h'],
  penultimate: 'h',
  logits: 'z',
  offers: { head: true, gradient: false, dropout: false },
  dropoutTap: null,
  memory: { weightBytes: 0, activationBytesPerImage: 0 },
} as const;

export interface SmallModel {
  readonly h: Table;
  readonly z: Table;
  readonly head?: { readonly weight: Table; readonly bias: readonly number[] };
  /** Classes of the samples, for fits. */
  readonly labels?: readonly number[];
  /** Logits of stochastic passes; those of the pass itself where left out. */
  readonly dropout?: readonly Table[] | undefined;
}

export const factsOf = ({ h, z }: SmallModel) => ({
  ...FACTS,
  features: h[0]?.length ?? 0,
  classes: z[0]?.length ?? 0,
});

/** Returns the state that an arithmetic fits on given taps, without a network. */
export function fitAlone({ fit }: Arithmetic, train: SmallModel): State {
  const taps = new Map<string, Tensor>([
    ['h', tf.tensor2d(train.h.map((row) => [...row]))],
    ['z', tf.tensor2d(train.z.map((row) => [...row]))],
  ]);
  const { weight = [], bias = [] } = train.head ?? {};
  const context: FitContext = {
    facts: factsOf(train),
    source: 'small/train',
    labels: Int32Array.from(train.labels ?? []),
    head: { weight: rowsOf(weight), bias: Float32Array.from(bias) },
  };
  const kept = fit?.collect({
    ops: tf,
    facts: context.facts,
    get head(): never {
      throw new Error('no head on the device');
    },
    tap: (name) => taps.get(name) ?? tf.scalar(Number.NaN),
  });
  const rows = new Map(
    Object.entries(kept ?? {}).map(([name, tensor]) => [
      name,
      { rows: tensor.shape[0], columns: tensor.shape[1], data: tensor.dataSync<'float32'>() },
    ]),
  );
  return (
    fit?.solve((name) => rows.get(name) ?? { rows: 0, columns: 0, data: new Float32Array() }, context) ?? {}
  );
}

/** Scores of each setting on the given taps. */
export function scoreAlone(
  arithmetic: Arithmetic,
  test: SmallModel,
  settings: readonly Readonly<Record<string, number | string | boolean>>[],
  state: State = {},
  column = 'score',
): readonly (readonly number[])[] {
  return tf.tidy(() => {
    const taps = new Map<string, Tensor>([
      ['h', tf.tensor2d(test.h.map((row) => [...row]))],
      ['z', tf.tensor2d(test.z.map((row) => [...row]))],
    ]);
    const shared = new Map<string, Tensor>();
    const scores = settings.map((setting) => [
      ...arithmetic
        .score(
          {
            ops: tf,
            facts: factsOf(test),
            setting,
            settings,
            indices: Uint32Array.from(test.h, (_, i) => i),
            get head() {
              const { weight, bias } = test.head ?? {};
              if (weight === undefined || bias === undefined) throw new Error('no head on the device');
              return { weight: tf.tensor2d(weight.map((row) => [...row])), bias: tf.tensor1d([...bias]) };
            },
            tap: (name) => taps.get(name) ?? tf.scalar(Number.NaN),
            state: (name) => {
              const one = state[name];
              if (one === undefined) throw new Error(`no state ${name}`);
              return tf.tensor(one.data, [...one.shape]);
            },
            once: (key, make) => {
              const value = shared.get(key) ?? tf.keep(tf.tidy(make));
              shared.set(key, value);
              return value;
            },
            dropoutLogits: (passes) =>
              Array.from({ length: passes }, (_, pass) =>
                tf.tensor2d((test.dropout?.[pass] ?? test.z).map((row) => [...row])),
              ),
            labels: () => tf.tensor1d([]),
          },
          column,
        )
        .dataSync<'float32'>(),
    ]);
    tf.dispose([...shared.values()]);
    return scores;
  });
}
