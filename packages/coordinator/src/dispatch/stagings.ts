import { OodError } from '@oodgrid/contract';
import type { LeaseRef } from '@oodgrid/transport';
import type { ResultReader, UnitResult } from '../store/result-reader.js';
import type { StagedChunk } from '../store/store.js';
import type { WorkUnit } from '../workload/workload.js';
import type { BatchBuilder } from './batch.js';
import type { RunState } from './run-state.js';
import { Staging } from './staging.js';

/** Chunks that a live lease has sent so far, and the units that it still has to send. */
export interface Staged {
  readonly staging: Staging;
  readonly units: readonly WorkUnit[];
}

/** The stagings of all live leases, by token. */
export class Stagings {
  readonly #results: ResultReader;
  readonly #batch: Pick<BatchBuilder, 'chunk' | 'endLease'>;
  readonly #byToken = new Map<string, Staged>();

  constructor(results: ResultReader, batch: Pick<BatchBuilder, 'chunk' | 'endLease'>) {
    this.#results = results;
    this.#batch = batch;
  }

  /** Undefined when the lease is over. */
  of(token: string): Staged | undefined {
    return this.#byToken.get(token);
  }

  /** Opens a staging for a lease and returns the units that it has to give: those that are not in the cache. */
  open(run: RunState, { task, token }: LeaseRef): readonly WorkUnit[] {
    const { isFit, rows, units } = run.bind(task);
    const missing = run.submitted.isCacheUsed
      ? units.filter((unit) => this.find(unit, rows, isFit) === undefined)
      : units;
    const staging = new Staging({ title: run.workload.title(task), isFit, rows, units: missing });
    this.#byToken.set(token, { staging, units: missing });
    return missing;
  }

  /** Adds part of a result. Throws what `Staging.add` throws. */
  add({ staging }: Staged, chunk: StagedChunk): void {
    staging.add(chunk);
    this.#batch.chunk(chunk);
  }

  /**
   * Adds what is durable already; drops it where its run cannot go on. Returns false where it is refused: a former version took what this one
   * does not, so the rows are missing and the task is done again.
   */
  restore(chunk: StagedChunk): boolean {
    const staged = this.of(chunk.token);
    if (staged === undefined) this.#batch.endLease(chunk.token);
    try {
      staged?.staging.add(chunk);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof OodError)) throw thrown;
      return false;
    }
  }

  /** Drops what a lease has sent: it has ended. */
  close(token: string): void {
    this.#byToken.delete(token);
    this.#batch.endLease(token);
  }

  /** A result of the cache, where it is of the shape that the task gives. */
  find({ key, columns }: WorkUnit, rows: number, isFit: boolean): UnitResult | undefined {
    const found = this.#results.find(key);
    if (found?.kind === 'fitted') return isFit ? found : undefined;
    return found?.rows === rows && found.columns === columns ? found : undefined;
  }
}
