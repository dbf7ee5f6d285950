import type { GridSpec } from '@oodgrid/contract';
import { blobsOfModel, type Candidate, type Digest, OodError, type TaskSpec } from '@oodgrid/contract';
import { findProtocol, type Protocol } from '@oodgrid/protocols';
import { z } from 'zod';
import type { LedgerTask } from '../ledger/task-table.js';
import { type ChoiceOutcome, choose } from '../merger/choose.js';
import { type KeyedSeries, type MergeInput, seriesOf } from '../merger/merge-input.js';
import type { MadeChoice } from '../merger/score-cell.js';
import { SeriesReader } from '../merger/unit-results.js';
import { bindTask, type Facts } from '../planner/bind-task.js';
import {
  type Plan,
  type PlannedCell,
  type PlannedChoice,
  type PlannedTask,
  type Series,
  seriesOfChoice,
} from '../planner/plan.js';
import { planGrid } from '../planner/plan-grid.js';
import { planIdentity } from '../planner/plan-identity.js';
import type { ResultReader } from '../store/result-reader.js';
import type { BoundWork, TaskReport, Workload } from './workload.js';

const madeSchema = z.object({ candidate: z.number().int().min(0), isFallback: z.boolean() });
const outcomeSchema = z.union([
  madeSchema.extend({ criteria: z.array(z.number()) }),
  // As journals of earlier versions have it.
  madeSchema
    .extend({ tnrOfCandidates: z.array(z.number()) })
    .transform(({ tnrOfCandidates, ...made }) => ({ ...made, criteria: tnrOfCandidates })),
]);

/** A grid as tasks, and what is found out between them. */
export class GridWorkload implements Workload, Facts {
  readonly protocol: Protocol;
  readonly plan: Plan;
  readonly tasks: readonly LedgerTask[];
  readonly fitted = new Map<string, Digest>();
  readonly chosen = new Map<string, Candidate>();
  /** Choices that were made. */
  readonly choices = new Map<string, MadeChoice>();
  /** Compute time of the task of each unit that was computed. */
  readonly secondsOfUnit = new Map<string, { taskId: string; seconds: number }>();
  readonly #keyOfUnit = new Map<string, Digest>();
  readonly #series: ReadonlyMap<string, Series>;
  readonly #choices: ReadonlyMap<string, PlannedChoice>;
  /** Units with every setting that each open choice waits for. */
  readonly #missing = new Map<string, Set<string>>();
  /** Choices that wait for each unit. */
  readonly #waiting = new Map<string, string[]>();
  /** Choices that wait for nothing, and were not taken. */
  readonly #ready = new Set<string>();
  readonly #memory: ReadonlyMap<string, number>;
  #planIdentity: string | undefined;

  /** `plan` is the grid's, where somebody has made it already. */
  constructor({ grid, slice }: GridSpec, plan: Plan = planGrid(grid, slice)) {
    this.protocol = findProtocol(grid.protocol);
    this.plan = plan;
    this.tasks = plan.tasks;
    this.#memory = new Map(Object.entries(grid.memoryBytes));
    for (const { name } of [...grid.models, ...grid.auxiliaryModels]) {
      if (!this.#memory.has(name))
        throw new OodError('invalid-input', `the grid does not say what memory model "${name}" needs`);
    }
    this.#series = new Map(plan.series.map((one) => [one.id, one]));
    this.#choices = new Map(plan.choices.map((one) => [one.id, one]));
    for (const choice of plan.choices) {
      const { id } = choice;
      const wanted = [...new Set(seriesOfChoice(choice))];
      const units = wanted.flatMap((one) => this.#plannedSeries(one).parts.map(({ unit }) => unit));
      this.#missing.set(id, new Set(units));
      for (const unit of new Set(units)) {
        const known = this.#waiting.get(unit);
        if (known === undefined) this.#waiting.set(unit, [id]);
        else known.push(id);
      }
    }
  }

  get planIdentity(): string {
    this.#planIdentity ??= planIdentity(this.plan);
    return this.#planIdentity;
  }

  title(task: number): string {
    return this.#planned(task).id;
  }

  memoryBytes(task: number): number {
    const { name } = this.#planned(task).model;
    const bytes = this.#memory.get(name);
    if (bytes === undefined)
      throw new OodError('internal', `the grid does not say what memory model "${name}" needs`);
    return bytes;
  }

  model(task: number): string {
    return this.#planned(task).model.weights.slice(0, 16);
  }

  bind(task: number, pool: string): BoundWork {
    const { spec, units } = bindTask(this.#planned(task), this, pool);
    // Two rows may have chosen the same setting: it is computed once.
    const byKey = new Map(units.map((unit) => [unit.spec.key, unit]));
    return {
      isFit: spec.kind === 'fit',
      rows: spec.to - spec.from,
      reads: [
        ...new Set([
          ...blobsOfModel(spec.model),
          spec.data.images,
          ...units.flatMap((unit) => unit.spec.fitted ?? []),
        ]),
      ],
      units: [...byKey].map(([key, { columns }]) => ({ key, columns })),
      spec: (wanted): TaskSpec => ({
        ...spec,
        units: wanted.map(({ key }) => {
          const unit = byKey.get(key);
          if (unit === undefined) throw new OodError('internal', `task ${task} has no unit ${key}`);
          return unit.spec;
        }),
      }),
    };
  }

  fitOf(blob: Digest): number | undefined {
    const fits = new Set([...this.fitted].filter(([, one]) => one === blob).map(([unit]) => unit));
    const task = this.plan.tasks.findIndex(({ units }) => units.some(({ id }) => fits.has(id)));
    return task < 0 ? undefined : task;
  }

  blobName(blob: Digest): string {
    for (const { model, data, units } of this.plan.tasks) {
      if (model.weights === blob) return `weights of model "${model.name}"`;
      if (blobsOfModel(model).includes(blob)) return `values of model "${model.name}" of "${data.name}"`;
      if (data.images === blob) return `images of data set "${data.name}"`;
      if (units.some(({ given }) => given === blob))
        return `given scores of ${data.name} with model "${model.name}"`;
    }
    return 'a blob of the grid';
  }

  noteDone(task: number, pool: string, { fitted, seconds, isReused }: TaskReport): readonly string[] {
    const planned = this.#planned(task);
    const facts: string[] = [];
    for (const { id, spec } of bindTask(planned, this, pool).units) {
      this.#keyOfUnit.set(id, spec.key);
      if (!isReused) this.secondsOfUnit.set(id, { taskId: planned.id, seconds });
      this.#noteSettings(id);
      const blob = fitted[spec.key];
      if (planned.kind !== 'fit' || blob === undefined) continue;
      this.fitted.set(id, blob);
      facts.push(id);
    }
    return facts;
  }

  takeComputations(): readonly string[] {
    const ready = [...this.#ready];
    this.#ready.clear();
    return ready;
  }

  /** Makes a choice, now. */
  choose(id: string, results: ResultReader): ChoiceOutcome {
    return choose(this.choice(id), this.protocol, this.reader(results));
  }

  computationTitle(id: string): string {
    return this.choice(id).title;
  }

  noteComputed(id: string, outcome: unknown): readonly string[] {
    const choice = this.choice(id);
    const made = outcomeSchema.parse(outcome);
    const candidate = choice.candidates[made.candidate];
    if (candidate === undefined) throw new OodError('internal', `"${id}" has no candidate ${made.candidate}`);
    this.#missing.delete(id);
    this.#ready.delete(id);
    this.chosen.set(id, candidate);
    this.choices.set(id, { choice, outcome: made });
    return [id];
  }

  reader(results: ResultReader): SeriesReader {
    return new SeriesReader(this.plan, (unit) => {
      const key = this.#keyOfUnit.get(unit);
      const found = key === undefined ? undefined : results.find(key);
      return found?.kind === 'scores' ? found : undefined;
    });
  }

  /** Throws `internal` for a choice that is not planned. */
  choice(id: string): PlannedChoice {
    const choice = this.#choices.get(id);
    if (choice === undefined) throw new OodError('internal', `the plan has no choice "${id}"`);
    return choice;
  }

  /** Series with the keys under which their results lie, each once. */
  keyedSeries(ids: Iterable<string>): KeyedSeries[] {
    return [...new Set(ids)].map((id) => {
      const series = this.#plannedSeries(id);
      return { ...series, keys: series.parts.map(({ unit }) => this.#keyOfUnit.get(unit) ?? null) };
    });
  }

  /** Returns the input for merging some cells in a thread. */
  mergeInput(cells: readonly PlannedCell[], grid: GridSpec['grid']): MergeInput {
    const made = cells
      .flatMap((cell) => cell.members ?? [cell])
      .map(({ choice }) => (choice === null ? undefined : this.choices.get(choice)));
    // Two members may be of one pass.
    const series = cells.map((cell) => [...new Set(seriesOf(cell, this.choices))]);
    return {
      cells,
      series: this.keyedSeries(series.flat()),
      choices: [...new Set(made)].filter((one) => one !== undefined),
      seconds: series.map((ids) => this.#secondsOf(ids)),
      protocol: this.protocol.name,
      measure: grid.measure ?? [],
      seed: grid.seed,
      bootstrapReplicates: grid.bootstrapReplicates,
    };
  }

  /** Compute time of the tasks behind some series; a task that serves several cells counts in each. */
  #secondsOf(series: readonly string[]): number {
    const tasks = new Map<string, number>();
    for (const id of series) {
      for (const { unit } of this.#plannedSeries(id).parts) {
        const done = this.secondsOfUnit.get(unit);
        if (done !== undefined) tasks.set(done.taskId, done.seconds);
      }
    }
    let total = 0;
    for (const seconds of tasks.values()) total += seconds;
    return total;
  }

  #planned(task: number): PlannedTask {
    const planned = this.plan.tasks[task];
    if (planned === undefined) throw new OodError('internal', `the plan has no task ${task}`);
    return planned;
  }

  #plannedSeries(id: string): Series {
    const series = this.#series.get(id);
    if (series === undefined) throw new OodError('internal', `the plan has no series "${id}"`);
    return series;
  }

  #noteSettings(unit: string): void {
    for (const id of this.#waiting.get(unit) ?? []) {
      const missing = this.#missing.get(id);
      if (missing?.delete(unit) !== true || missing.size > 0) continue;
      this.#missing.delete(id);
      this.#ready.add(id);
    }
  }
}
