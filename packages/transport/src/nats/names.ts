import { sha256 } from '@oodgrid/protocol';

const poolTokens = new Map<string, string>();

/** A numerics class as a subject's token, which may hold no dots and no spaces. There are few, so each is hashed once. */
function poolToken(pool: string): string {
  const known = poolTokens.get(pool) ?? sha256(pool).slice(0, 16);
  poolTokens.set(pool, known);
  return known;
}

const modelToken = (model: string): string =>
  /^[\w-]*$/.test(model) ? model : model.replaceAll(/[^\w-]/g, '_');

/** What one coordinator's queue is called on a server that others may share. */
export class QueueNames {
  /** The work-queue stream of all tasks. */
  readonly stream: string;
  readonly #prefix: string;

  /** `queue` is the coordinator's own id. */
  constructor(queue: string) {
    this.stream = `OODGRID_TASKS_${queue}`;
    this.#prefix = `oodgrid.${queue}`;
  }

  /** Where all tasks are published, or those of one pool. */
  tasks(pool: string | null): string {
    return pool === null ? `${this.#prefix}.task.>` : `${this.#prefix}.task.${poolToken(pool)}.>`;
  }

  /** Where tasks of a pool and model are published. */
  subject(pool: string, model: string): string {
    return `${this.#prefix}.task.${poolToken(pool)}.${modelToken(model)}`;
  }

  /** Plain message: there is something to pull; its data is the consumer. */
  wake(pool: string): string {
    return `${this.#prefix}.wake.${poolToken(pool)}`;
  }
}

/** The durable consumer of a pool and model, shared by all workers. */
export const consumerName = (pool: string, model: string): string =>
  `${poolToken(pool)}-${modelToken(model)}`;

/** Prefix of the consumers of a pool. */
export const consumerPrefix = (pool: string): string => `${poolToken(pool)}-`;
