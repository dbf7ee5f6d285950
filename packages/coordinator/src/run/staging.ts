import { type Digest, OodError } from '@oodgrid/protocol';
import type { UnitScores } from '../merger/unit-results.js';
import type { BoundTask } from '../planner/bind-task.js';

interface StagedUnit {
  readonly columns: number;
  readonly data: Float32Array;
  readonly isCovered: Uint8Array;
}

/**
 * Results of one attempt before it is complete. Attempts never mix: each has its own staging, which is
 * dropped with it. The same rows may come twice; rows outside the task are refused.
 */
export class Staging {
  readonly #rows: number;
  readonly #scores = new Map<Digest, StagedUnit>();
  readonly #fitted = new Map<Digest, Digest>();
  readonly #isFit: boolean;
  readonly #taskId: string;

  constructor(task: BoundTask) {
    this.#taskId = task.id;
    this.#rows = task.spec.to - task.spec.from;
    this.#isFit = task.spec.kind === 'fit';
    if (this.#isFit) return;
    for (const { spec, columns } of task.units) {
      this.#scores.set(spec.key, {
        columns,
        data: new Float32Array(this.#rows * columns),
        isCovered: new Uint8Array(this.#rows),
      });
    }
  }

  addRows(
    key: Digest,
    chunk: {
      readonly offsetRows: number;
      readonly rows: number;
      readonly columns: number;
      readonly data: Float32Array;
    },
  ): void {
    const unit = this.#scores.get(key);
    const { offsetRows, rows, columns, data } = chunk;
    if (unit === undefined) throw this.#refusal(`a chunk for unit ${key}, which the task does not have`);
    if (columns !== unit.columns || data.length !== rows * columns) {
      throw this.#refusal(
        `a chunk of ${data.length} values as ${rows} x ${columns}; the unit has ${unit.columns} columns`,
      );
    }
    if (offsetRows < 0 || offsetRows + rows > this.#rows) {
      throw this.#refusal(`rows ${offsetRows} to ${offsetRows + rows} of a task of ${this.#rows}`);
    }
    unit.data.set(data, offsetRows * columns);
    unit.isCovered.fill(1, offsetRows, offsetRows + rows);
  }

  addFitted(key: Digest, blob: Digest): void {
    if (!this.#isFit) throw this.#refusal('a fitted state for a task that fits nothing');
    this.#fitted.set(key, blob);
  }

  /** The unit's scores; throws when a row is missing. */
  scores(key: Digest): UnitScores {
    const unit = this.#scores.get(key);
    const missing = unit?.isCovered.indexOf(0) ?? 0;
    if (unit === undefined || missing >= 0)
      throw this.#refusal(`unit ${key} was called done without row ${missing}`);
    return { rows: this.#rows, columns: unit.columns, data: unit.data };
  }

  fitted(key: Digest): Digest {
    const blob = this.#fitted.get(key);
    if (blob === undefined) throw this.#refusal(`unit ${key} was called done without its fitted state`);
    return blob;
  }

  #refusal(what: string): OodError {
    return new OodError('invalid-input', `task ${this.#taskId}: ${what}`);
  }
}
