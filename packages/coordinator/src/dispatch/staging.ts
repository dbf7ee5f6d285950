import { type Digest, OodError } from '@oodgrid/contract';
import { firstNotFinite } from '../store/finite.js';
import type { UnitResult } from '../store/result-reader.js';
import type { StagedChunk } from '../store/store.js';
import type { WorkUnit } from '../workload/workload.js';

interface StagedUnit {
  readonly columns: number;
  readonly data: Float32Array;
  readonly isCovered: Uint8Array;
}

export interface StagedTask {
  readonly title: string;
  readonly isFit: boolean;
  readonly rows: number;
  readonly units: readonly WorkUnit[];
}

/**
 * Results of one lease before it is complete. Leases never mix: each has its own staging, which is dropped
 * with it. The same rows may come twice; rows outside the task, and numbers that are none, are refused.
 */
export class Staging {
  readonly #task: StagedTask;
  readonly #scores = new Map<Digest, StagedUnit>();
  readonly #fitted = new Map<Digest, Digest>();

  constructor(task: StagedTask) {
    this.#task = task;
    if (task.isFit) return;
    for (const { key, columns } of task.units) {
      this.#scores.set(key, {
        columns,
        data: new Float32Array(task.rows * columns),
        isCovered: new Uint8Array(task.rows),
      });
    }
  }

  add(chunk: StagedChunk): void {
    if (chunk.kind === 'fitted') this.#addFitted(chunk.key, chunk.blob);
    else this.#addRows(chunk);
  }

  /** The unit's result; throws when something of it is missing. */
  result(key: Digest): UnitResult {
    if (this.#task.isFit) {
      const blob = this.#fitted.get(key);
      if (blob === undefined) throw this.#refusal(`unit ${key} was called done without its fitted state`);
      return { kind: 'fitted', blob };
    }
    const unit = this.#scores.get(key);
    if (unit === undefined) throw this.#refusal(`unit ${key} was called done, which the task does not have`);
    const missing = unit.isCovered.indexOf(0);
    if (missing >= 0) {
      throw this.#refusal(`unit ${key} was called done without row ${missing}`);
    }
    return { kind: 'scores', rows: this.#task.rows, columns: unit.columns, data: unit.data };
  }

  #addRows({ key, offsetRows, rows, columns, data }: Extract<StagedChunk, { kind: 'rows' }>): void {
    const unit = this.#scores.get(key);
    if (unit === undefined) throw this.#refusal(`a chunk for unit ${key}, which the task does not have`);
    if (columns !== unit.columns || data.length !== rows * columns) {
      throw this.#refusal(
        `a chunk of ${data.length} values as ${rows} x ${columns}; the unit has ${unit.columns} columns`,
      );
    }
    if (offsetRows < 0 || offsetRows + rows > this.#task.rows) {
      throw this.#refusal(`rows ${offsetRows} to ${offsetRows + rows} of a task of ${this.#task.rows}`);
    }
    const wrong = firstNotFinite(data);
    if (wrong >= 0) {
      const row = offsetRows + Math.floor(wrong / columns);
      throw new OodError(
        'corrupt-data',
        `task ${this.#task.title}: row ${row}, column ${wrong % columns} of unit ${key} is ${data[wrong]}, not a finite number: look at the model's weights and the worker's machine`,
      );
    }
    unit.data.set(data, offsetRows * columns);
    unit.isCovered.fill(1, offsetRows, offsetRows + rows);
  }

  #addFitted(key: Digest, blob: Digest): void {
    if (!this.#task.isFit) throw this.#refusal('a fitted state for a task that fits nothing');
    if (!this.#task.units.some((unit) => unit.key === key)) {
      throw this.#refusal(`a fitted state for unit ${key}, which the task does not have`);
    }
    this.#fitted.set(key, blob);
  }

  #refusal(what: string): OodError {
    return new OodError('invalid-input', `task ${this.#task.title}: ${what}`);
  }
}
