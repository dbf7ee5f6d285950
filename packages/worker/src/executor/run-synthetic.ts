import { setTimeout } from 'node:timers/promises';
import type { SyntheticTask } from '@oodgrid/contract';
import type { TaskIo, TaskOutcome } from '@oodgrid/engine/compute';
import { syntheticRows, syntheticState } from '../synthetic-task.js';

/** Rows that go out as one chunk. */
const ROWS_PER_CHUNK = 4096;

const NO_INPUTS = { hits: 0, misses: 0 } as const;

/** A task that computes nothing of use; `fault` says what goes wrong on purpose. */
export async function runSynthetic(task: SyntheticTask, io: TaskIo): Promise<TaskOutcome> {
  const { key, rows, of } = task;
  if (task.milliseconds > 0) await setTimeout(task.milliseconds, undefined, { signal: io.signal });
  if (task.fault !== 'none') await goWrong(task.fault);
  if (of === 'fit') {
    const blob = await io.putBlob(syntheticState(task));
    return {
      fitted: [{ key, blob }],
      work: { images: rows, forwards: rows, gradients: 0 },
      inputs: NO_INPUTS,
    };
  }
  const data = syntheticRows(task);
  for (let from = 0; from < rows; from += ROWS_PER_CHUNK) {
    const part = data.slice(from, from + ROWS_PER_CHUNK);
    await io.emit({ key, offsetRows: from, rows: part.length, columns: 1, data: part });
  }
  return { fitted: [], work: { images: rows, forwards: rows, gradients: 0 }, inputs: NO_INPUTS };
}

async function goWrong(fault: Exclude<SyntheticTask['fault'], 'none'>): Promise<void> {
  switch (fault) {
    case 'crash':
      // What a native library does when it crashes.
      process.kill(process.pid, 'SIGSEGV');
      await setTimeout(60_000);
      return;
    case 'hang':
      for (;;);
    case 'out-of-memory':
      throw new RangeError('Array buffer allocation failed');
    case 'throw':
      throw new TypeError('a fault on purpose');
  }
}
