import {
  type Candidate,
  type Digest,
  digestOfJson,
  OodError,
  type TaskSpec,
  type UnitSpec,
} from '@oodgrid/contract';
import type { PlannedTask, PlannedUnit } from './plan.js';

/** Outcomes of earlier tasks that later ones depend on: classes, fits and choices. */
export interface Facts {
  /** Blob of each fitted state, by the fit unit's id. */
  readonly fitted: ReadonlyMap<string, Digest>;
  /** Candidate of each choice, by the choice's id. */
  readonly chosen: ReadonlyMap<string, Candidate>;
}

export interface BoundUnit {
  readonly id: string;
  readonly columns: number;
  readonly spec: UnitSpec;
}

export interface BoundTask {
  readonly id: string;
  readonly spec: Omit<TaskSpec, 'units'>;
  readonly units: readonly BoundUnit[];
}

/** Turns a planned task into content: every need is a fact now, so every unit has its cache key. */
export function bindTask(task: PlannedTask, facts: Facts, numericsClass: string): BoundTask {
  const { kind, model, data, transform, order, from, to, batch, seed } = task;
  const spec = { kind, model, data, transform, order, from, to, batch, seed };
  return { id: task.id, spec, units: task.units.map((unit) => bindUnit(unit, spec, facts, numericsClass)) };
}

function bindUnit(
  unit: PlannedUnit,
  task: BoundTask['spec'],
  facts: Facts,
  numericsClass: string,
): BoundUnit {
  const fitted = unit.fit === null ? (unit.given ?? null) : known(facts.fitted, unit.fit);
  const candidates =
    unit.candidates.kind === 'listed'
      ? [...unit.candidates.list]
      : [known(facts.chosen, unit.candidates.choice)];
  const { method, revision, options, pass } = unit;
  const module = unit.module === undefined ? {} : { module: unit.module };
  // Names of models and data sets are left out: the same content under another name is the same result.
  const key = digestOfJson({
    numericsClass,
    kind: task.kind,
    method,
    revision,
    ...module,
    options,
    candidates,
    // A pass without gradients once had no settings: it is named only where it has, so that older results are still found.
    ...(pass === 'forward' && candidates.length > 0 ? { pass } : {}),
    fitted,
    architecture: task.model.architecture,
    classes: task.model.classes,
    weights: task.model.weights,
    ...(task.model.source === undefined ? {} : { source: task.model.source }),
    ...(task.model.splits === undefined ? {} : { split: Object.values(task.model.splits) }),
    images: task.data.images,
    // Noise images once were no data set: the word stays, so that older results are still found.
    noise: null,
    transform: task.transform,
    order: task.order,
    from: task.from,
    to: task.to,
    batch: task.batch,
    seed: task.seed,
  });
  return {
    id: unit.id,
    columns: unit.columns,
    spec: { key, method, ...module, options: { ...options }, fitted, pass, candidates },
  };
}

function known<T>(facts: ReadonlyMap<string, T>, id: string): T {
  const found = facts.get(id);
  if (found === undefined) throw new OodError('internal', `task was bound before "${id}" was known`);
  return found;
}
