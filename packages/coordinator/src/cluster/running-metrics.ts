import { OodError } from '@oodgrid/contract';
import type { RunSummary } from '@oodgrid/contract/wire';
import type { RunState } from '../dispatch/run-state.js';
import { seriesOf } from '../merger/merge-input.js';
import type { ThreadPool } from '../threads/thread-pool.js';
import { GridWorkload } from '../workload/grid-workload.js';

/** Cells whose AUROC so far is computed: more are no help to anyone who watches. */
const MAX_RUNNING = 32;
/** Watchers are told every second; what they are told is at most about so old. */
const FRESH_MS = 3000;

interface Known {
  values: RunSummary['running'];
  atMs: number;
  isAsked: boolean;
}

/** AUROC of cells on the scores that are there so far: computed in a thread, when somebody watches, and kept for a while. */
export class RunningMetrics {
  readonly #known = new WeakMap<RunState, Known>();
  readonly #threads: ThreadPool;
  readonly #database: string;
  readonly #nowMs: () => number;

  constructor(threads: ThreadPool, database: string, nowMs: () => number) {
    this.#threads = threads;
    this.#database = database;
    this.#nowMs = nowMs;
  }

  /** Returns the values computed last, and starts to compute newer ones when they are old. Returns at once. */
  of(run: RunState): RunSummary['running'] {
    if (run.ended !== null || run.pin === null || run.isMerging) return [];
    const { workload } = run;
    if (!(workload instanceof GridWorkload)) return [];
    const known = this.#known.get(run) ?? { values: [], atMs: Number.NEGATIVE_INFINITY, isAsked: false };
    this.#known.set(run, known);
    if (!known.isAsked && this.#nowMs() - known.atMs >= FRESH_MS) this.#ask(workload, known);
    return known.values;
  }

  #ask(workload: GridWorkload, known: Known): void {
    const { protocol } = workload;
    const cells = workload.plan.cells
      .slice(0, MAX_RUNNING)
      .filter(({ columns }) => protocol.previewColumn(columns) !== null);
    if (cells.length === 0) return;
    known.isAsked = true;
    const series = workload.keyedSeries(cells.flatMap((cell) => seriesOf(cell, new Map())));
    this.#threads
      .run('running', { database: this.#database, protocol: protocol.name, cells, series })
      .then(
        (values) => {
          known.values = [...values];
        },
        // The store is being opened again, or the coordinator ends: what was known stays.
        (thrown: unknown) => OodError.from(thrown),
      )
      .finally(() => {
        known.isAsked = false;
        known.atMs = this.#nowMs();
      });
  }
}
