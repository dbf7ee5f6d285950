import { type MethodPlan, OodError, type PassCounts } from '@oodgrid/contract';
import { z } from 'zod';
import type { Arithmetic, Method, ModelFacts } from './method.js';

/** Positions of a method and a model in the grid, for messages: `methods[3] mc-dropout`, `models[0] (lenet)`. */
export interface Places {
  readonly method: string;
  readonly model: string;
}

/** Candidates travel as numbers by name. */
const candidatesSchema = z.array(z.record(z.string(), z.number()));

/**
 * Turns a method with its options into what the planner needs: plain data. `models` are the names of the models whose
 * scores the row averages, as the caller resolved them; empty = the cell's own model, which is the one of `facts`. `taken`: whether a
 * protocol chooses among all settings or each method has its own; the fit needs samples enough for those that are taken. Throws
 * `invalid-input` with its place for what the model lacks.
 */
export function planMethod(
  method: Method,
  options: unknown,
  facts: ModelFacts,
  places: Places,
  models: readonly string[] = [],
  taken: 'all settings' | 'its own' = 'all settings',
): MethodPlan {
  const { arithmetic, fitMinimum } = method;
  const config = method.config.parse(options);
  const isPerturbed = arithmetic.perturb !== undefined && (method.isPerturbed?.(config) ?? true);
  const columns = arithmetic.columns?.(facts) ?? ['score'];
  refuseLacking(arithmetic, columns, isPerturbed, facts, places);
  const constants = method.constants?.(config) ?? {};
  const sweep = placed(places, () => method.sweep?.(config, facts));
  const candidates = candidatesSchema.parse(sweep?.settings ?? []);
  const settings = (sweep === undefined ? [{}] : candidates).map((candidate) =>
    settingOf(arithmetic, { ...constants, ...candidate }, places),
  );
  const fallbackCandidate = sweep?.fallback ?? 0;
  const used = taken === 'its own' ? settings.slice(fallbackCandidate, fallbackCandidate + 1) : settings;
  const cost = (some: typeof settings) =>
    isPerturbed ? perturbedCost(arithmetic, columns, some, facts) : forwardCost(arithmetic, some);
  return {
    compute: arithmetic.name,
    revision: arithmetic.revision,
    ...(arithmetic.module === undefined ? {} : { module: arithmetic.module.digest }),
    options: constants,
    splitOrder: arithmetic.splitOrder ?? 'permuted',
    pass: isPerturbed ? 'gradient' : 'forward',
    fit: fitOf(arithmetic),
    ...(fitMinimum === undefined
      ? {}
      : { fitMinimum: Math.max(...used.map((setting) => fitMinimum.call(method, config, setting))) }),
    candidates,
    fallbackCandidate,
    columns,
    models,
    cost: { sweep: cost(settings), score: settings.map((setting) => cost([setting])).reduce(larger) },
  };
}

function fitOf({ fit }: Arithmetic): MethodPlan['fit'] {
  if (fit === undefined) return 'none';
  return fit.on === 'train' ? 'train' : { offset: fit.on.offset };
}

function refuseLacking(
  { needs, fit }: Arithmetic,
  columns: readonly string[],
  isPerturbed: boolean,
  facts: ModelFacts,
  { method, model }: Places,
): void {
  const { taps, head, dropout } = needs(facts);
  const missing = taps.filter((tap) => !facts.taps.includes(tap));
  const lacks = [
    ...(missing.length === 0 ? [] : [`tap ${missing.map((tap) => JSON.stringify(tap)).join(', ')}`]),
    ...(columns.length === 0 ? ['layers'] : []),
    ...(typeof fit?.on === 'object' && facts.input === null ? [`values of ${fit.on.images}`] : []),
    ...(head === true && !facts.offers.head ? ['last-layer weights'] : []),
    ...(dropout === true && !facts.offers.dropout ? ['dropout'] : []),
    ...(isPerturbed && !facts.offers.gradient ? ['gradient'] : []),
  ];
  if (lacks.length > 0)
    throw new OodError(
      'invalid-input',
      `${model} has no ${lacks.join(' and no ')}, which ${method} needs; take one of the two out, or take a model of a source that gives it`,
    );
}

/** Tells what a method refuses by its entry and the model's. */
function placed<T>({ method, model }: Places, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code, message } = OodError.from(cause);
    if (code !== 'invalid-input') throw cause;
    throw new OodError(code, `${method} with ${model}: ${message}`, { cause });
  }
}

/** Parses a setting. One that the arithmetic's own schema refuses is a fault in the method's file. */
function settingOf({ setting }: Arithmetic, value: object, { method }: Places): Settings[number] {
  const parsed = setting.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new OodError(
    'invalid-input',
    `${method}: its options make the setting ${JSON.stringify(value)}, which its own schema refuses: ${z.prettifyError(parsed.error)}`,
  );
}

type Settings = readonly z.output<Arithmetic['setting']>[];

/** A pass for each probe that moves, a gradient for each key among them. */
function perturbedCost(
  { perturb }: Arithmetic,
  columns: readonly string[],
  settings: Settings,
  facts: ModelFacts,
): PassCounts {
  const moving = settings
    .flatMap((setting) => columns.flatMap((column) => perturb?.probe(column, setting, facts) ?? []))
    .filter(({ magnitude }) => magnitude !== 0);
  return { forwards: moving.length, gradients: new Set(moving.map(({ key }) => key)).size };
}

function forwardCost(arithmetic: Arithmetic, settings: Settings): PassCounts {
  const passes = settings.reduce((sum, setting) => sum + (arithmetic.passes?.(setting) ?? 0), 0);
  return { forwards: passes, gradients: 0 };
}

const larger = (a: PassCounts, b: PassCounts): PassCounts => ({
  forwards: Math.max(a.forwards, b.forwards),
  gradients: Math.max(a.gradients, b.gradients),
});
