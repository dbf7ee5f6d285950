import { createHash } from 'node:crypto';
import type { SyntheticSpec } from '@oodgrid/contract';
import { type Digest, digestOfJson, OodError, sha256 } from '@oodgrid/contract';
import type { LedgerTask } from '../ledger/task-table.js';
import type { ResultReader } from '../store/result-reader.js';
import type { BoundWork, TaskReport, Workload } from './workload.js';

const CHOICE = 'choice';
const COLUMNS = 1;
/** Hex digits of a task's number. */
const TASK_DIGITS = 8;

/** The workload of a synthetic run: a graph of the same shape as a grid's. */
export class SyntheticWorkload implements Workload {
  readonly tasks: readonly LedgerTask[];
  readonly planIdentity = 'synthetic-1';
  readonly #spec: SyntheticSpec;
  readonly #run: string;
  /** Start of the keys of its results, which are those of one numerics class. */
  #prefix = '';
  #pool: string | undefined;
  readonly #fitted: (Digest | undefined)[];
  #sweepsLeft: number;
  #isChoiceTaken = false;
  #choice = '';

  /** Results are not shared between runs: the run's id is part of every key. */
  constructor(spec: SyntheticSpec, run: string) {
    const { fits, sweeps, scores } = spec;
    this.#spec = spec;
    this.#run = run;
    this.#fitted = new Array(fits);
    this.#sweepsLeft = sweeps;
    const scoreNeeds = sweeps > 0 ? [CHOICE] : [];
    const score: LedgerTask = { needs: scoreNeeds, priority: 1, kind: 'score' };
    this.tasks = [
      ...Array.from({ length: fits }, (): LedgerTask => ({ needs: [], priority: 3, kind: 'fit' })),
      ...Array.from({ length: sweeps }, (_, i): LedgerTask => {
        return { needs: fits === 0 ? [] : [`fit:${i % fits}`], priority: 2, kind: 'sweep' };
      }),
      ...Array.from({ length: scores }, () => score),
    ];
  }

  title(task: number): string {
    return `${task}-${this.#kind(task)}`;
  }

  memoryBytes(): number {
    return this.#spec.memoryBytes ?? 0;
  }

  model(): string {
    return 'synthetic';
  }

  bind(task: number, pool: string): BoundWork {
    this.#serve(pool);
    const { rows, milliseconds, fault } = this.#spec;
    const kind = this.#kind(task);
    const key = this.#key(task);
    const reads = this.#reads(task, kind);
    const isFaulty = kind === 'score' && task === this.#spec.fits + this.#spec.sweeps;
    return {
      isFit: kind === 'fit',
      rows,
      reads,
      units: [{ key, columns: kind === 'fit' ? 0 : COLUMNS }],
      spec: () => ({
        kind: 'synthetic',
        of: kind,
        key,
        seed: this.#spec.seed + task,
        reads: [...reads],
        rows,
        milliseconds,
        fault: isFaulty ? fault : 'none',
      }),
    };
  }

  noteDone(task: number, pool: string, { fitted }: TaskReport): readonly string[] {
    this.#serve(pool);
    switch (this.#kind(task)) {
      case 'fit':
        this.#fitted[task] = Object.values(fitted)[0];
        return [`fit:${task}`];
      case 'sweep':
        this.#sweepsLeft--;
        return [];
      case 'score':
        return [];
    }
  }

  takeComputations(): readonly string[] {
    if (this.#spec.sweeps === 0 || this.#sweepsLeft > 0 || this.#isChoiceTaken) return [];
    this.#isChoiceTaken = true;
    return [CHOICE];
  }

  /** The choice, at once. */
  choose(results: ResultReader): string {
    const { fits, sweeps } = this.#spec;
    return this.#fold(results, fits, fits + sweeps);
  }

  computationTitle(id: string): string {
    return id;
  }

  noteComputed(_id: string, outcome: unknown): readonly string[] {
    this.#isChoiceTaken = true;
    this.#choice = String(outcome);
    return [CHOICE];
  }

  /** Digest of every result in the order of the tasks: the same however the run went. */
  digest(results: ResultReader): Digest {
    const { fits, sweeps, scores } = this.#spec;
    const fold = this.#fold(results, fits + sweeps, fits + sweeps + scores);
    return digestOfJson({ fitted: this.#fitted, choice: this.#choice, scores: fold });
  }

  #fold(results: ResultReader, from: number, to: number): string {
    const hash = createHash('sha256');
    for (let task = from; task < to; task++) {
      const result = results.find(this.#key(task));
      if (result?.kind !== 'scores') {
        throw new OodError('internal', `synthetic task ${task} is done, but its result is missing`);
      }
      hash.update(new Uint8Array(result.data.buffer, result.data.byteOffset, result.data.byteLength));
    }
    return hash.digest('hex');
  }

  fitOf(blob: Digest): number | undefined {
    const task = this.#fitted.indexOf(blob);
    return task < 0 ? undefined : task;
  }

  blobName(): string {
    return 'a blob of the specification';
  }

  #reads(task: number, kind: LedgerTask['kind']): readonly Digest[] {
    const { fits, blobs = [] } = this.#spec;
    const state = kind === 'sweep' && fits > 0 ? this.#fitted[(task - fits) % fits] : undefined;
    return state === undefined ? blobs : [...blobs, state];
  }

  #kind(task: number): LedgerTask['kind'] {
    const { fits, sweeps } = this.#spec;
    return task < fits ? 'fit' : task < fits + sweeps ? 'sweep' : 'score';
  }

  /** Results of different classes are different ones. */
  #serve(pool: string): void {
    if (pool === this.#pool) return;
    this.#pool = pool;
    this.#prefix = sha256(`${this.#run}/${this.#spec.seed}/${pool}`).slice(0, -TASK_DIGITS);
  }

  #key(task: number): Digest {
    // A content address is a hash; what is never shared needs none of its own.
    return `${this.#prefix}${task.toString(16).padStart(TASK_DIGITS, '0')}` as Digest;
  }
}
