import { runIdSchema } from '@oodgrid/contract';
import { z } from 'zod';
import type { Hint } from '../ports.js';

/** Tasks of one run each; ids only. */
const hintsSchema = z.array(z.object({ run: runIdSchema, tasks: z.array(z.number().int().min(0)) })).min(1);

/** The data of a queue message. */
export function encodeHints(hints: readonly Hint[]): string {
  const byRun = new Map<string, number[]>();
  for (const { run, task } of hints) {
    const known = byRun.get(run);
    if (known === undefined) byRun.set(run, [task]);
    else known.push(task);
  }
  return JSON.stringify([...byRun].map(([run, tasks]) => ({ run, tasks })));
}

/** The hints of a queue message; undefined for what is none of ours. */
export function decodeHints(data: string): readonly Hint[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  const parsed = hintsSchema.safeParse(value);
  if (!parsed.success) return undefined;
  return parsed.data.flatMap(({ run, tasks }) => tasks.map((task) => ({ run, task })));
}
