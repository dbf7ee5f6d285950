import { canonicalJson, moduleFault, OodError, placeIn } from '@oodgrid/contract';
import { z } from 'zod';
import type {
  Arithmetic,
  Batch,
  Fit,
  FitBatch,
  Method,
  ModelFacts,
  OwnModule,
  Perturbation,
  Sweep,
  Tensor,
} from '../method.js';
import { keptFault, scoresFault, stateOf, tensorFault } from './answer-faults.js';

type Config = z.output<Method['config']>;
type Setting = z.output<Arithmetic['setting']>;

/**
 * A module's method whose every answer is checked: what it throws and what cannot be used ends the run with the module's path, the question,
 * the fault and the line, instead of being a wrong number.
 */
export function checkedMethod(method: Method, module: OwnModule): Method {
  const { url } = module;
  const ask = <T>(
    question: string,
    answer: () => T,
    faultOf: (answer: T) => string | undefined = () => undefined,
  ): T => {
    let given: T;
    try {
      given = answer();
    } catch (cause) {
      const error = OodError.from(cause);
      if (cause instanceof OodError && error.code !== 'internal') throw cause;
      throw moduleFault(url, `${question}: ${error.message}${placeIn(url, cause)}`, cause);
    }
    const fault = given instanceof Promise ? 'returns a promise; it must answer at once' : faultOf(given);
    if (fault !== undefined) throw moduleFault(url, `${question}: ${fault}`);
    return given;
  };
  const { constants, sweep, isPerturbed, fitMinimum } = method;
  return {
    ...method,
    ...(constants && {
      constants: (config: Config) => ask('constants', () => constants.call(method, config), jsonFault),
    }),
    ...(sweep && {
      sweep: (config: Config, facts: ModelFacts) =>
        ask('sweep', () => sweep.call(method, config, facts), sweepFault),
    }),
    ...(isPerturbed && {
      isPerturbed: (config: Config) =>
        ask('isPerturbed', () => isPerturbed.call(method, config), ofType('boolean')),
    }),
    ...(fitMinimum && {
      fitMinimum: (config: Config, setting: Setting) =>
        ask('fitMinimum', () => fitMinimum.call(method, config, setting), countFault),
    }),
    arithmetic: checkedArithmetic(method.arithmetic, module, ask),
  };
}

type Ask = <T>(question: string, answer: () => T, faultOf?: (answer: T) => string | undefined) => T;

function checkedArithmetic(arithmetic: Arithmetic, module: OwnModule, ask: Ask): Arithmetic {
  const { columns, passes, fit, perturb } = arithmetic;
  return {
    ...arithmetic,
    module,
    needs: (facts) => ask('needs', () => arithmetic.needs(facts), needsFault),
    ...(columns && {
      columns: (facts: ModelFacts) => ask('columns', () => columns.call(arithmetic, facts), namesFault),
    }),
    ...(passes && {
      passes: (setting: Setting) => ask('passes', () => passes.call(arithmetic, setting), countFault),
    }),
    ...(fit && { fit: checkedFit(fit, ask) }),
    ...(perturb && { perturb: checkedPerturbation(perturb, ask) }),
    score: (batch, column) => {
      const { watched, faultOfTaps } = watch(batch);
      const scores = ask(
        `score of column "${column}"`,
        () => arithmetic.score(watched, column),
        (given) => scoresFault(given, batch.indices.length) ?? faultOfTaps(),
      );
      return scores.dtype === 'float32' ? scores : batch.ops.cast(scores, 'float32');
    },
  };
}

const checkedFit = (fit: Fit, ask: Ask): Fit => ({
  ...fit,
  collect: (batch: FitBatch) => ask('fit.collect', () => fit.collect(batch), keptFault),
  solve: (kept, context) => ask('fit.solve', () => stateOf(fit.solve(kept, context))),
});

const checkedPerturbation = (perturb: Perturbation<Setting>, ask: Ask): Perturbation<Setting> => ({
  probe: (column, setting, facts) =>
    ask(
      'perturb.probe',
      () => perturb.probe(column, setting, facts),
      (probe) => faultIn(probeSchema, probe),
    ),
  cotangent: (batch, column) => ask('perturb.cotangent', () => perturb.cotangent(batch, column), tensorFault),
  step: (ops, gradient, std) => ask('perturb.step', () => perturb.step(ops, gradient, std), tensorFault),
});

/** The batch, and whether what it lent was freed: other methods read the same taps. */
function watch(batch: Batch<Setting>) {
  const lent = new Map<string, Tensor>();
  const watched: Batch<Setting> = {
    ops: batch.ops,
    facts: batch.facts,
    setting: batch.setting,
    settings: batch.settings,
    indices: batch.indices.slice(),
    get head() {
      return batch.head;
    },
    tap: (name) => {
      const tensor = batch.tap(name);
      lent.set(name, tensor);
      return tensor;
    },
    state: batch.state,
    once: batch.once,
    dropoutLogits: batch.dropoutLogits,
    labels: batch.labels,
  };
  const faultOfTaps = (): string | undefined => {
    const freed = [...lent].find(([, tensor]) => tensor.isDisposed);
    return freed && `it frees tap "${freed[0]}", which is not its own; ops.tidy frees what it makes`;
  };
  return { watched, faultOfTaps };
}

const namesSchema = z
  .array(z.string().min(1).max(200), 'expected a list of names')
  .min(1, 'expected a name at least')
  .max(1000)
  .refine((names) => new Set(names).size === names.length, 'names one twice');
const needsSchema = z.strictObject({
  taps: z.array(z.string(), 'expected the names of taps'),
  head: z.literal(true).optional(),
  dropout: z.literal(true).optional(),
});
const settingsSchema = z
  .array(
    z.record(z.string(), z.number('expected numbers alone, which results show')),
    'expected a list of settings',
  )
  .min(1, 'expected a setting at least; return undefined where there is nothing to choose')
  .max(10_000);
const probeSchema = z.object({
  key: z.string(),
  tap: z.string(),
  reads: z.array(z.string()).optional(),
  magnitude: z.number(),
});

function faultIn(schema: z.ZodType, value: unknown): string | undefined {
  const issue = schema.safeParse(value).error?.issues[0];
  return issue && [issue.path.join('.'), issue.message].filter(Boolean).join(': ');
}

const namesFault = (names: unknown) => faultIn(namesSchema, names);
const needsFault = (needs: unknown) => faultIn(needsSchema, needs);
const countFault = (count: unknown) => faultIn(z.number().int().min(0), count);
const ofType = (type: string) => (value: unknown) =>
  typeof value === type ? undefined : `expected a ${type}`;

function sweepFault(sweep: Sweep<unknown> | undefined): string | undefined {
  if (sweep === undefined) return undefined;
  const { settings, fallback } = sweep;
  const fault = faultIn(settingsSchema, settings);
  if (fault !== undefined) return `settings: ${fault}`;
  const isPlace = Number.isInteger(fallback) && fallback >= 0 && fallback < settings.length;
  return isPlace ? undefined : `fallback: expected a position in settings, 0 to ${settings.length - 1}`;
}

/** Cache keys hold it. */
function jsonFault(value: unknown): string | undefined {
  try {
    canonicalJson(value);
    return undefined;
  } catch (cause) {
    return `expected what JSON can say: ${OodError.from(cause).message}`;
  }
}
