import type { Candidate, Digest, WorkCounts } from '@oodgrid/protocol';
import type { WorkerInfo } from '@oodgrid/transport';
import type { ChoiceOutcome } from '../merger/choose.js';
import { SeriesReader, type UnitScores } from '../merger/unit-results.js';
import type { Facts } from '../planner/bind-task.js';
import { add } from '../planner/estimate.js';
import type { Plan, PlannedChoice } from '../planner/plan.js';
import type { UnitResult } from './unit-store.js';

/** What the tasks of a run gave: enough to merge every cell. */
export interface RunOutcome {
  readonly worker: WorkerInfo;
  readonly reader: SeriesReader;
  readonly choices: ReadonlyMap<string, { readonly choice: PlannedChoice; readonly outcome: ChoiceOutcome }>;
  readonly work: WorkCounts;
  readonly cachedUnits: number;
  /** Compute time of the task of each unit; 0 for what came from the cache. */
  readonly secondsOfUnit: ReadonlyMap<string, { readonly taskId: string; readonly seconds: number }>;
}

/** Everything that a run has found out so far. */
export class RunRecord implements Facts {
  readonly #plan: Plan;
  readonly #scores = new Map<string, UnitScores>();
  readonly #secondsOfUnit = new Map<string, { taskId: string; seconds: number }>();
  readonly #choices = new Map<string, { choice: PlannedChoice; outcome: ChoiceOutcome }>();
  readonly #openChoices: Set<PlannedChoice>;
  readonly fitted = new Map<string, Digest>();
  readonly chosen = new Map<string, Candidate>();
  #work: WorkCounts = { images: 0, forwards: 0, gradients: 0 };
  #cachedUnits = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#openChoices = new Set(plan.choices);
  }

  get reader(): SeriesReader {
    return new SeriesReader(this.#plan, this.#scores);
  }

  addCached(unit: string, result: UnitResult): void {
    this.#cachedUnits++;
    this.#add(unit, result);
  }

  addComputed(
    unit: string,
    result: UnitResult,
    by: { readonly taskId: string; readonly seconds: number },
  ): void {
    this.#secondsOfUnit.set(unit, by);
    this.#add(unit, result);
  }

  addWork(work: WorkCounts): void {
    this.#work = add(this.#work, work);
  }

  addChoice(choice: PlannedChoice, candidate: Candidate, outcome: ChoiceOutcome): void {
    this.chosen.set(choice.id, candidate);
    this.#choices.set(choice.id, { choice, outcome });
  }

  /** Choices whose sweeps are all there; each is given once. */
  takeReadyChoices(): PlannedChoice[] {
    const ready = [...this.#openChoices].filter((choice) => this.#hasSweepsOf(choice));
    for (const choice of ready) this.#openChoices.delete(choice);
    return ready;
  }

  outcome(worker: WorkerInfo): RunOutcome {
    return {
      worker,
      reader: this.reader,
      choices: this.#choices,
      work: this.#work,
      cachedUnits: this.#cachedUnits,
      secondsOfUnit: this.#secondsOfUnit,
    };
  }

  #add(unit: string, result: UnitResult): void {
    if (result.kind === 'fitted') this.fitted.set(unit, result.blob);
    else this.#scores.set(unit, result.scores);
  }

  #hasSweepsOf({ valFit, valSelect }: PlannedChoice): boolean {
    const wanted = new Set([valFit.id, valFit.ood, valSelect.id, valSelect.ood]);
    return this.#plan.series.every(
      ({ id, parts }) => !wanted.has(id) || parts.every(({ unit }) => this.#scores.has(unit)),
    );
  }
}
