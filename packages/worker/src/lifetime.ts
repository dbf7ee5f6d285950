/** Limits of a worker's life. Milliseconds of one clock that never goes back. */
export interface LifetimeOptions {
  /** Time by which the worker must have ended; null: never. */
  readonly endsAt: number | null;
  /** Time that it takes to hand its tasks back. */
  readonly marginMs: number;
  /** It ends when it had nothing to do for so long, while the coordinator was there; null: it stays. */
  readonly idleMs: number | null;
}

/** Tasks whose times are remembered. */
const REMEMBERED = 64;

/** Advice for the present moment: go on; take no task that could not be done in time; or end, because time is over or no work is left. */
export type Advice = 'go-on' | 'take-no-more' | 'time-is-over' | 'no-work-left';

/** Decides when a worker of limited time takes no more tasks, and when it ends. */
export class Lifetime {
  readonly #options: LifetimeOptions;
  /** Durations of the last tasks, in milliseconds. */
  readonly #seen: number[] = [];
  #idleSince: number | undefined;

  constructor(options: LifetimeOptions) {
    this.#options = options;
  }

  /** A task was done. */
  noteTask(milliseconds: number): void {
    this.#seen.push(milliseconds);
    if (this.#seen.length > REMEMBERED) this.#seen.shift();
  }

  advice(now: number, { tasks, isConnected }: Standing): Advice {
    const { endsAt, marginMs, idleMs } = this.#options;
    if (endsAt !== null) {
      if (now >= endsAt - marginMs) return 'time-is-over';
      if (now >= endsAt - marginMs - this.#typicalMs()) return tasks === 0 ? 'time-is-over' : 'take-no-more';
    }
    if (tasks > 0 || !isConnected) this.#idleSince = undefined;
    else this.#idleSince ??= now;
    const isIdle = idleMs !== null && this.#idleSince !== undefined && now - this.#idleSince >= idleMs;
    return isIdle ? 'no-work-left' : 'go-on';
  }

  /** The median; 0 before the first. */
  #typicalMs(): number {
    const sorted = [...this.#seen].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }
}

/** A worker's present state. */
export interface Standing {
  /** Tasks that it holds. */
  readonly tasks: number;
  readonly isConnected: boolean;
}

export interface LifetimeWatch {
  readonly standing: () => Standing;
  readonly takeNoMore: () => void;
  readonly end: (reason: 'time-is-over' | 'no-work-left') => void;
}

/** Between two looks. */
const LOOK_MS = 500;

/** Looks at a life again and again, and tells once each what there is to do; returns a way to leave it. */
export function watchLifetime(lifetime: Lifetime, { standing, takeNoMore, end }: LifetimeWatch): () => void {
  let isLast = false;
  const timer = setInterval(() => {
    const advice = lifetime.advice(performance.now(), standing());
    if (advice === 'go-on') return;
    if (advice === 'take-no-more') {
      if (!isLast) takeNoMore();
      isLast = true;
      return;
    }
    clearInterval(timer);
    end(advice);
  }, LOOK_MS);
  return () => clearInterval(timer);
}
