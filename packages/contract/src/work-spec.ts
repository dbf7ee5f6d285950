import { z } from 'zod';
import { type SyntheticTask, syntheticTaskSchema } from './synthetic.js';
import { type TaskSpec, taskSpecSchema } from './tasks.js';

/** What a lease is given for. */
export const workSpecSchema = z.discriminatedUnion('kind', [taskSpecSchema, syntheticTaskSchema]);
export type WorkSpec = TaskSpec | SyntheticTask;
