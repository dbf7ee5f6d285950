import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent, WorkCounts } from '@oodgrid/contract';
import type { PlannedTask } from '@oodgrid/coordinator';
import { z } from 'zod';

/** Work of a worker in a second, by architecture, in forward passes of one image. */
export type Rates = Readonly<Record<string, number>>;

const ratesSchema = z.record(z.string(), z.number().positive());
const pathIn = (cacheDir: string) => join(cacheDir, 'rates.json');
/** Less than that says little of what an hour will take. */
const MIN_SECONDS = 5;

/** A gradient costs about one and a half forward passes. */
export const costOf = ({ forwards, gradients }: WorkCounts): number => forwards + 1.5 * gradients;

/** Returns the rates measured by former runs on this machine; empty without any. */
export function readRates(cacheDir: string): Rates {
  try {
    return ratesSchema.parse(JSON.parse(readFileSync(pathIn(cacheDir), 'utf8')));
  } catch {
    // None were measured, or another version did: an estimate does without.
    return {};
  }
}

/** Measures a run from its events, for the estimates of later ones. */
export class RateRecorder {
  readonly #architectures: ReadonlyMap<string, string>;
  readonly #measured = new Map<string, { cost: number; seconds: number }>();

  constructor(tasks: readonly PlannedTask[]) {
    this.#architectures = new Map(tasks.map(({ id, model }) => [id, model.architecture]));
  }

  add(event: RunEvent): void {
    if (event.kind !== 'task-done' || event.isReused) return;
    const architecture = this.#architectures.get(event.taskId);
    if (architecture === undefined) return;
    const known = this.#measured.get(architecture) ?? { cost: 0, seconds: 0 };
    known.cost += costOf(event.work);
    known.seconds += event.seconds;
    this.#measured.set(architecture, known);
  }

  /** Keeps what was measured for long enough. An estimate is no reason to fail a run that is done. */
  async save(cacheDir: string): Promise<void> {
    const fresh = [...this.#measured].flatMap(([architecture, { cost, seconds }]) =>
      seconds < MIN_SECONDS || cost === 0 ? [] : [[architecture, cost / seconds] as const],
    );
    if (fresh.length === 0) return;
    const text = JSON.stringify({ ...readRates(cacheDir), ...Object.fromEntries(fresh) });
    const path = pathIn(cacheDir);
    const written = `${path}.${process.pid}.tmp`;
    await writeFile(written, text)
      .then(() => rename(written, path))
      .catch(() => undefined);
  }
}
