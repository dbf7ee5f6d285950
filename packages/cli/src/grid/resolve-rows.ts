import { type MethodPlan, type ModelFacts, OodError, type ResolvedRow } from '@oodgrid/contract';
import {
  type Grid,
  type GridMethod,
  modelsOf,
  type NamedModel,
  pathText,
  rowKey,
  scoresFileOf,
  validationSet,
} from '@oodgrid/grid';
import { findMethod, type Method, planMethod } from '@oodgrid/methods';
import { findProtocol, isChoosing } from '@oodgrid/protocols';
import { resolveFitSet } from './resolve-fit-set.js';
import type { ResolveOptions } from './resolve-grid.js';
import type { GridModel } from './resolve-models.js';

type RowOptions = ResolveOptions & { readonly methods: readonly Method[] };

/** A row for each entry of `methods`; those that bring their scores get them when the sizes of the data sets are known. Throws, with the places of both, where a model lacks what a method needs. */
export async function resolveRows(
  grid: Grid,
  models: readonly GridModel[],
  auxiliaryModels: readonly GridModel[],
  options: RowOptions,
): Promise<ResolvedRow[]> {
  const rows: ResolvedRow[] = [];
  const on = validationSet(grid) === undefined && grid.chooseOn !== 'id' ? 'none' : 'id';
  const isChosen = isChoosing(findProtocol(grid.protocol), on);
  const taken = isChosen ? 'all settings' : 'its own';
  for (const [i, entry] of grid.methods.entries()) {
    if (scoresFileOf(entry, options.methods) !== undefined) {
      rows.push({ row: rowKey(entry), title: rowKey(entry), plans: {}, fitSet: null });
      continue;
    }
    const method = findMethod(entry.name, options.methods);
    const named = modelsOf(entry, options.methods);
    const { name: _method, as: _row, ...config } = entry;
    const plan: PlanMaker = (facts, model, names) =>
      planMethod(method, config, facts, { method: `methods[${i}] ${entry.name}`, model }, names, taken);
    const plans = plansOf(plan, models, named, auxiliaryModels);
    const fitSet = await fitSetOf(method, entry, models, options);
    rows.push({ row: rowKey(entry), title: titleOf(method, entry, grid), plans, fitSet });
  }
  return rows;
}

/** Plans a row for a model that stands somewhere in the grid; `names` are those of the models that the row averages. */
type PlanMaker = (facts: ModelFacts, model: string, names: readonly string[]) => MethodPlan;

/** A plan for each model of the grid. */
function plansOf(
  plan: PlanMaker,
  models: readonly GridModel[],
  named: readonly NamedModel[],
  auxiliaryModels: readonly GridModel[],
): Record<string, MethodPlan> {
  const own = named.map(({ path, reference }) => {
    const name = typeof reference === 'string' ? reference : reference.name;
    const model = auxiliaryModels.find(({ facts }) => facts.name === name);
    if (model === undefined) throw new OodError('internal', `model "${name}" was not resolved`);
    return { facts: model.facts, place: `${pathText(path)} (${name})` };
  });
  const names = own.map(({ facts }) => facts.name);
  // Members compute the row, so it is they who must have what it needs.
  for (const { facts, place: where } of own) plan(facts, where, names);
  const plans: Record<string, MethodPlan> = {};
  const [member] = own;
  for (const [i, { facts }] of models.entries()) {
    plans[facts.name] =
      member === undefined
        ? plan(facts, `models[${i}] (${facts.name})`, names)
        : plan(member.facts, member.place, names);
  }
  return plans;
}

async function fitSetOf(
  method: Method,
  entry: GridMethod,
  models: readonly GridModel[],
  options: ResolveOptions,
): Promise<ResolvedRow['fitSet']> {
  if (method.fitSet === undefined) return null;
  const [input] = models.flatMap(({ facts }) => (facts.input === null ? [] : [facts.input]));
  if (input === undefined) throw new OodError('internal', 'no model of the grid takes images');
  const { modelsDir } = options.context;
  return resolveFitSet(entry[method.fitSet], { ...options, modelsDir, input });
}

/** The method's title; rows that share a method are told apart by their key. */
function titleOf({ name, card }: Method, { as }: GridMethod, grid: Grid): string {
  const isAlone = grid.methods.filter((one) => one.name === name).length === 1;
  return isAlone || as === undefined ? card.title : `${card.title} [${as}]`;
}
