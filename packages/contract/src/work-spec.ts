import { z } from 'zod';
import { type SyntheticTask, syntheticTaskSchema } from './synthetic.js';
import { type TaskSpec, taskSpecSchema } from './tasks.js';

/** Work that a lease can be granted for. */
export const workSpecSchema = z.discriminatedUnion('kind', [taskSpecSchema, syntheticTaskSchema]);
export type WorkSpec = TaskSpec | SyntheticTask;
