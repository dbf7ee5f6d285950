import type { Failure } from '../ledger/ledger-events.js';

export interface HealthSettings {
  /** First time that a worker is set aside for a failure of its own; doubles while none of its tasks comes to an end. */
  readonly ownMs: number;
  readonly maxOwnMs: number;
  /** Tasks that a worker may fail and others then do before it is set aside for it. */
  readonly maxBlames: number;
  readonly blameMs: number;
  readonly maxBlameMs: number;
}

export const DEFAULT_HEALTH_SETTINGS: HealthSettings = {
  ownMs: 1000,
  maxOwnMs: 60_000,
  maxBlames: 3,
  blameMs: 10_000,
  maxBlameMs: 600_000,
};

/** Why a worker is given no tasks, and until when; infinite while it says itself that it is not well. */
export interface Aside {
  readonly reason: string;
  readonly until: number;
  /** False: only what others did better speaks against it, so it may serve where nobody else can. */
  readonly isOwn: boolean;
}

/** A task that a worker handed back, which may turn out to be the task's fault. */
export interface HandedBack {
  readonly run: string;
  readonly task: number;
  readonly failure: Failure;
}

interface Condition {
  /** The worker's own reason for taking no tasks; empty when it is well. */
  trouble: string;
  aside: Aside | null;
  /** Time at which the last suspension for its failures ends, whatever the worker reports. */
  strikeUntil: number;
  /** Number of suspensions, less the tasks done since; not below 0. */
  strikes: number;
  blames: number;
  /** It was set aside, and nothing that it did since shows that it is well: it gets one task. */
  isOnTrial: boolean;
  readonly handedBack: Map<string, HandedBack>;
}

/** Hand-backs that are remembered of one worker. */
const MAX_HANDED_BACK = 64;
/** The part of a blame that each task done takes off. */
const CREDIT = 0.25;

/** Failures of each worker, and for how long it is set aside for them. Callers pass the time. */
export class WorkerHealth {
  readonly #settings: HealthSettings;
  /** Workers that are not in it are well. */
  readonly #conditions = new Map<string, Condition>();

  constructor(settings: HealthSettings) {
    this.#settings = settings;
  }

  /** Sets a worker aside that handed a task back because of a failure of its own. */
  failedItself(worker: string, task: HandedBack, now: number): Aside {
    const condition = this.#of(worker);
    const id = `${task.run}/${task.task}`;
    if (condition.handedBack.size < MAX_HANDED_BACK) condition.handedBack.set(id, task);
    const { ownMs, maxOwnMs } = this.#settings;
    return this.#setAside(condition, task.failure.message, true, ownMs, maxOwnMs, now);
  }

  /** Notes that another worker did a task that this one had failed. Returns null where the worker is not set aside for it. */
  blame(worker: string, task: string, message: string, now: number): Aside | null {
    const condition = this.#of(worker);
    condition.blames++;
    const { maxBlames, blameMs, maxBlameMs } = this.#settings;
    if (condition.blames < maxBlames && !condition.isOnTrial) return null;
    condition.blames = 0;
    const reason = `it failed tasks that others then did, the last one ${task}: ${message}`;
    return this.#setAside(condition, reason, false, blameMs, maxBlameMs, now);
  }

  /** Notes that a worker has done a task. Returns the tasks that it had handed back before, which it was not to blame for. */
  didWell(worker: string, run: string, task: number): readonly HandedBack[] {
    const condition = this.#conditions.get(worker);
    if (condition === undefined) return [];
    condition.handedBack.delete(`${run}/${task}`);
    const suspected = [...condition.handedBack.values()];
    condition.handedBack.clear();
    condition.isOnTrial = false;
    condition.strikes = Math.max(0, condition.strikes - 1);
    condition.blames = Math.max(0, condition.blames - CREDIT);
    if (condition.strikes === 0 && condition.blames === 0 && condition.aside === null)
      this.#conditions.delete(worker);
    return suspected;
  }

  /** Notes what a worker says of itself: its trouble, or the empty text after it has checked that it is well. Returns whether that is news. */
  said(worker: string, trouble: string, now: number): boolean {
    const known = this.#conditions.get(worker);
    if (trouble === (known?.trouble ?? '')) return false;
    const condition = known ?? this.#of(worker);
    condition.trouble = trouble;
    if (trouble !== '') condition.aside = { reason: trouble, until: Number.POSITIVE_INFINITY, isOwn: true };
    else if (condition.aside !== null) {
      condition.aside = { ...condition.aside, until: Math.max(now, condition.strikeUntil) };
    }
    if (trouble !== '') condition.isOnTrial = true;
    return true;
  }

  /** Why a worker is set aside; null when it is not, or is not known here. */
  asideOf(worker: string): Aside | null {
    return this.#conditions.get(worker)?.aside ?? null;
  }

  isOnTrial(worker: string): boolean {
    return this.#conditions.get(worker)?.isOnTrial ?? false;
  }

  /** Ends the time of workers that were set aside until now at most, and returns them. */
  takeBack(now: number): readonly string[] {
    const back: string[] = [];
    for (const [worker, condition] of this.#conditions) {
      if (condition.aside === null || condition.aside.until > now) continue;
      condition.aside = null;
      back.push(worker);
    }
    return back;
  }

  /** Forgets a worker that is gone for good. */
  forget(worker: string): void {
    this.#conditions.delete(worker);
  }

  #of(worker: string): Condition {
    const known = this.#conditions.get(worker) ?? {
      trouble: '',
      aside: null,
      strikeUntil: Number.NEGATIVE_INFINITY,
      strikes: 0,
      blames: 0,
      isOnTrial: false,
      handedBack: new Map(),
    };
    this.#conditions.set(worker, known);
    return known;
  }

  #setAside(
    condition: Condition,
    reason: string,
    isOwn: boolean,
    firstMs: number,
    maxMs: number,
    now: number,
  ): Aside {
    // Several tasks that fail for one cause are one strike.
    if (now >= condition.strikeUntil) {
      condition.strikes++;
      condition.strikeUntil = now + Math.min(maxMs, firstMs * 2 ** (condition.strikes - 1));
    }
    const known = condition.aside;
    const aside = { reason, until: condition.strikeUntil, isOwn };
    condition.aside = known !== null && known.until >= aside.until ? known : aside;
    condition.isOnTrial = true;
    return condition.aside;
  }
}
