import { sha256 } from '@oodgrid/protocol';

/** The work-queue stream of all tasks. */
export const STREAM = 'OODGRID_TASKS';
export const TASK_SUBJECTS = 'oodgrid.v1.task.>';

const poolTokens = new Map<string, string>();

/** A numerics class as a subject's token, which may hold no dots and no spaces. There are few, so each is reckoned once. */
function poolToken(pool: string): string {
  const known = poolTokens.get(pool) ?? sha256(pool).slice(0, 16);
  poolTokens.set(pool, known);
  return known;
}

const modelToken = (model: string): string =>
  /^[\w-]*$/.test(model) ? model : model.replaceAll(/[^\w-]/g, '_');

/** Where tasks of a pool and model are published. */
export const taskSubject = (pool: string, model: string): string =>
  `oodgrid.v1.task.${poolToken(pool)}.${modelToken(model)}`;

/** The durable consumer of that subject, shared by all workers. */
export const consumerName = (pool: string, model: string): string =>
  `${poolToken(pool)}-${modelToken(model)}`;

/** Prefix of the consumers of a pool. */
export const consumerPrefix = (pool: string): string => `${poolToken(pool)}-`;

/** Plain message: there is something to pull; its data is the model. */
export const wakeSubject = (pool: string): string => `oodgrid.v1.wake.${poolToken(pool)}`;
