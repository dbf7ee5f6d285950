import { createHash } from 'node:crypto';

/** Jitter in [0, 1) that depends on nothing but the attempt: two retries of a task do not fall together again. */
export function hashJitter(run: string, task: number, attempt: number): number {
  return createHash('sha256').update(`${run}/${task}/${attempt}`).digest().readUInt32LE(0) / 2 ** 32;
}
