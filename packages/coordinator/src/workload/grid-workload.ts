import { type Candidate, type Digest, OodError, type TaskSpec } from '@oodgrid/protocol';
import { z } from 'zod';
import type { LedgerTask } from '../ledger/task-table.js';
import { type ChoiceOutcome, choose } from '../merger/choose.js';
import { SeriesReader } from '../merger/unit-results.js';
import { bindTask, type Facts } from '../planner/bind-task.js';
import type { Plan, PlannedChoice, PlannedTask } from '../planner/plan.js';
import { planGrid } from '../planner/plan-grid.js';
import type { ResultReader } from '../store/result-reader.js';
import type { GridSpec } from './run-spec.js';
import type { BoundWork, TaskReport, Workload } from './workload.js';

const outcomeSchema = z.object({
  candidate: z.number().int().min(0),
  isFallback: z.boolean(),
  tnrOfCandidates: z.array(z.number()),
});

/** What the tasks of a grid gave, beside the scores themselves. */
export interface GridOutcome {
  readonly plan: Plan;
  readonly choices: ReadonlyMap<string, { readonly choice: PlannedChoice; readonly outcome: ChoiceOutcome }>;
  /** Compute time of the task of each unit that was computed. */
  readonly secondsOfUnit: ReadonlyMap<string, { readonly taskId: string; readonly seconds: number }>;
  reader(results: ResultReader): SeriesReader;
}

/** A grid as tasks, and what is found out between them. */
export class GridWorkload implements Workload, GridOutcome, Facts {
  readonly plan: Plan;
  readonly tasks: readonly LedgerTask[];
  readonly fitted = new Map<string, Digest>();
  readonly chosen = new Map<string, Candidate>();
  readonly choices = new Map<string, { choice: PlannedChoice; outcome: ChoiceOutcome }>();
  readonly secondsOfUnit = new Map<string, { taskId: string; seconds: number }>();
  readonly #keyOfUnit = new Map<string, Digest>();
  /** Sweeps that each open choice waits for. */
  readonly #openChoices = new Map<
    string,
    { readonly choice: PlannedChoice; readonly missing: Set<string> }
  >();
  readonly #memory: ReadonlyMap<string, number>;

  constructor({ grid, slice }: GridSpec) {
    this.plan = planGrid(grid, slice);
    this.tasks = this.plan.tasks;
    this.#memory = new Map(Object.entries(grid.memoryBytes));
    const series = new Map(this.plan.series.map((one) => [one.id, one]));
    for (const choice of this.plan.choices) {
      const wanted = [choice.valFit.id, choice.valFit.ood, choice.valSelect.id, choice.valSelect.ood];
      const units = wanted.flatMap((id) => (series.get(id)?.parts ?? []).map(({ unit }) => unit));
      this.#openChoices.set(choice.id, { choice, missing: new Set(units) });
    }
  }

  title(task: number): string {
    return this.#planned(task).id;
  }

  memoryBytes(task: number): number {
    return this.#memory.get(this.#planned(task).model.name) ?? 0;
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
          spec.model.weights,
          ...(spec.data === null ? [] : [spec.data.images]),
          ...(spec.noise === null ? [] : [spec.noise]),
          ...units.flatMap((unit) => unit.spec.fitted ?? []),
        ]),
      ],
      units: [...byKey].map(([key, { columns }]) => ({ key, columns })),
      spec: (wanted): TaskSpec => ({
        ...spec,
        units: wanted.flatMap(({ key }) => byKey.get(key)?.spec ?? []),
      }),
    };
  }

  fitOf(blob: Digest): number | undefined {
    const fits = new Set([...this.fitted].filter(([, one]) => one === blob).map(([unit]) => unit));
    const task = this.plan.tasks.findIndex(({ units }) => units.some(({ id }) => fits.has(id)));
    return task < 0 ? undefined : task;
  }

  blobName(blob: Digest): string {
    for (const { model, data, noise } of this.plan.tasks) {
      if (model.weights === blob) return `weights of model "${model.name}"`;
      if (data?.images === blob) return `images of data set "${data.name}"`;
      if (noise === blob) return 'noise images';
    }
    return 'a blob of the grid';
  }

  finish(task: number, pool: string, { fitted, seconds, isReused }: TaskReport): readonly string[] {
    const planned = this.#planned(task);
    const facts: string[] = [];
    for (const { id, spec } of bindTask(planned, this, pool).units) {
      this.#keyOfUnit.set(id, spec.key);
      if (!isReused) this.secondsOfUnit.set(id, { taskId: planned.id, seconds });
      if (planned.kind === 'sweep') for (const { missing } of this.#openChoices.values()) missing.delete(id);
      const blob = fitted[spec.key];
      if (planned.kind !== 'fit' || blob === undefined) continue;
      this.fitted.set(id, blob);
      facts.push(id);
    }
    return facts;
  }

  takeComputations(): readonly string[] {
    const ready = [...this.#openChoices].filter(([, { missing }]) => missing.size === 0).map(([id]) => id);
    for (const id of ready) this.#openChoices.delete(id);
    return ready;
  }

  async compute(id: string, results: ResultReader, pause: () => Promise<void>): Promise<ChoiceOutcome> {
    const steps = choose(this.#choice(id), this.reader(results));
    let step = steps.next();
    while (step.done !== true) {
      await pause();
      step = steps.next();
    }
    return step.value;
  }

  computationTitle(id: string): string {
    return this.#choice(id).title;
  }

  computed(id: string, outcome: unknown): readonly string[] {
    const choice = this.#choice(id);
    const made = outcomeSchema.parse(outcome);
    const candidate = choice.candidates[made.candidate];
    if (candidate === undefined) throw new OodError('internal', `"${id}" has no candidate ${made.candidate}`);
    this.#openChoices.delete(id);
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

  #planned(task: number): PlannedTask {
    const planned = this.plan.tasks[task];
    if (planned === undefined) throw new OodError('internal', `the plan has no task ${task}`);
    return planned;
  }

  #choice(id: string): PlannedChoice {
    const choice = this.plan.choices.find((one) => one.id === id);
    if (choice === undefined) throw new OodError('internal', `the plan has no choice "${id}"`);
    return choice;
  }
}
