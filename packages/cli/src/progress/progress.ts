import type { RunEvent, WorkCounts } from '@oodgrid/contract';
import { type PlannedTask, taskWork } from '@oodgrid/coordinator';
import { costOf } from '../local/measured-rates.js';
import { RateMeter, type WorkRates } from './rate-meter.js';

/** State of a run for display, derived from its events. */
export interface ProgressState extends WorkRates {
  readonly tasksDone: number;
  readonly tasksTotal: number;
  /** How far the merge is, once it has begun. */
  readonly merge: { readonly merged: number; readonly cells: number } | undefined;
  /** Undefined until enough is done to tell. */
  readonly etaSeconds: number | undefined;
}

/** Share of the work after which the time left is worth saying. */
const ENOUGH = 0.01;

/** Folds run events into rates; the clock is the caller's. */
export class Progress {
  readonly #remaining = new Map<string, number>();
  readonly #tasksTotal: number;
  readonly #costTotal: number;
  readonly #startSeconds: number;
  readonly #meter: RateMeter;
  #running = new Map<string, WorkCounts>();
  #computed = 0;
  #tasksDone = 0;
  #merge: ProgressState['merge'];

  constructor(tasks: readonly PlannedTask[], nowSeconds: number) {
    let total = 0;
    for (const task of tasks) {
      const one = costOf(taskWork(task));
      this.#remaining.set(task.id, one);
      total += one;
    }
    this.#costTotal = total;
    this.#tasksTotal = tasks.length;
    this.#startSeconds = nowSeconds;
    this.#meter = new RateMeter(nowSeconds);
  }

  add(event: RunEvent, nowSeconds: number): void {
    this.#meter.add(event, nowSeconds);
    if (event.kind === 'merge-progress') this.#merge = { merged: event.merged, cells: event.cells };
    if (event.kind === 'task-progress') this.#running.set(event.taskId, event.work);
    if (event.kind === 'task-started' || event.kind === 'task-failed' || event.kind === 'task-lost')
      this.#running.delete(event.taskId);
    if (event.kind !== 'task-done') return;
    this.#running.delete(event.taskId);
    this.#remaining.delete(event.taskId);
    this.#tasksDone++;
    this.#computed += costOf(event.work);
  }

  state(nowSeconds: number): ProgressState {
    const elapsed = Math.max(nowSeconds - this.#startSeconds, 1e-3);
    const running = [...this.#running.values()];
    const computed = this.#computed + running.reduce((sum, work) => sum + costOf(work), 0);
    let left = -running.reduce((sum, work) => sum + costOf(work), 0);
    for (const one of this.#remaining.values()) left += one;
    return {
      tasksDone: this.#tasksDone,
      tasksTotal: this.#tasksTotal,
      merge: this.#merge,
      ...this.#meter.rates(nowSeconds),
      etaSeconds: computed > ENOUGH * this.#costTotal ? (Math.max(left, 0) * elapsed) / computed : undefined,
    };
  }
}
