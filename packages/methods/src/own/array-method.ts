import type { z } from 'zod';
import {
  type Batch,
  defineMethod,
  type Fit,
  type FitBatch,
  type FitContext,
  type Method,
  type ModelFacts,
  type Needs,
  type Row,
  type Rows,
  type State,
  type Tensor,
} from '../method.js';
import { flatten } from '../parts/shapes.js';
import { isNumbers, kindOf } from './answer-faults.js';
import { LentArrays } from './lent-arrays.js';

/** View of one batch in typed arrays. The arrays are lent: a score that changes one is refused. */
export interface ArrayBatch<Setting = unknown> {
  readonly facts: ModelFacts;
  readonly setting: Setting;
  /** Every setting that is scored on this batch. What a score is must not depend on the others. */
  readonly settings: readonly Setting[];
  /** Positions [n] of the samples in the file of their data set. */
  readonly indices: Uint32Array;
  /** A tap of `needs`: a sample a row, [n, k], row-major; feature maps are flattened, channels last. */
  tap(name: string): Rows;
  /** An array of the fitted state. */
  state(name: string): State[string];
  /** The last linear layer, where `needs` says so: weight [classes, features] and bias [classes]. */
  readonly head: FitContext['head'];
}

/** A method whose arithmetic is JavaScript on typed arrays. */
export interface ArrayMethod<
  Config extends z.ZodObject = z.ZodObject,
  Setting extends z.ZodObject = z.ZodObject,
> extends Row<Config, Setting> {
  readonly revision: number;
  readonly setting: Setting;
  readonly splitOrder?: 'file' | 'permuted';
  needs(facts: ModelFacts): Needs;
  columns?(facts: ModelFacts): readonly string[];
  /** Of the train set or of a data set of its own: all taps of `needs` are kept, [n, k] each. */
  readonly fit?: Pick<Fit, 'on' | 'needsLabels' | 'solve'>;
  /** Scores [n], one a sample; higher = more in-distribution, unless a regression over columns decides. */
  score(batch: ArrayBatch<z.output<Setting>>, column: string): ArrayLike<number>;
}

/** Makes a method of arithmetic that takes and returns typed arrays. It moves no input: that needs the model's gradients. */
export function defineArrayMethod<Config extends z.ZodObject, Setting extends z.ZodObject>(
  method: ArrayMethod<Config, Setting>,
): Method {
  const { fit, needs, score, ...rest } = method;
  const lent = new LentArrays();
  return defineMethod<Config, Setting>({
    ...rest,
    needs: (facts) => needs.call(method, facts),
    ...(fit && {
      fit: {
        on: fit.on,
        ...(fit.needsLabels && { needsLabels: fit.needsLabels }),
        collect: ({ ops, facts, tap }: FitBatch) =>
          Object.fromEntries(needs.call(method, facts).taps.map((name) => [name, flatten(ops, tap(name))])),
        solve: (kept: (name: string) => Rows, context: FitContext) => fit.solve(kept, context),
      },
    }),
    score: (batch, column) => {
      const arrays = arrayBatch(batch, lent);
      const scores: unknown = score.call(method, arrays, column);
      if (scores instanceof Promise) throw new TypeError('it returns a promise; it must answer at once');
      if (!isNumbers(scores))
        throw new TypeError(`expected a Float32Array or a list of numbers, got ${kindOf(scores)}`);
      if (scores.length !== batch.indices.length)
        throw new TypeError(
          `expected ${batch.indices.length} numbers, one for each sample of the batch, got ${scores.length}`,
        );
      lent.requireUnchanged();
      return batch.ops.tensor1d(Float32Array.from(scores));
    },
  });
}

function arrayBatch<Setting>(batch: Batch<Setting>, lent: LentArrays): ArrayBatch<Setting> {
  const { facts, setting, settings, indices } = batch;
  const rows = (what: string, tensor: Tensor): Rows => {
    const [n = 0] = tensor.shape;
    return { rows: n, columns: n === 0 ? 0 : tensor.size / n, data: lent.of(what, tensor) };
  };
  return {
    facts,
    setting,
    settings,
    indices,
    tap: (name) => rows(`tap "${name}"`, batch.tap(name)),
    state: (name) => {
      const tensor = batch.state(name);
      return { shape: tensor.shape, data: lent.of(`state "${name}"`, tensor) };
    },
    get head() {
      const { weight, bias } = batch.head;
      return { weight: rows("the head's weight", weight), bias: lent.of("the head's bias", bias) };
    },
  };
}
