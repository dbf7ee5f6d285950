import { sha256 } from '@oodgrid/contract';

const poolTokens = new Map<string, string>();

/** A numerics class as a subject's token, which may hold no dots and no spaces. There are few, so each is hashed once. */
function poolToken(pool: string): string {
  const known = poolTokens.get(pool) ?? sha256(pool).slice(0, 16);
  poolTokens.set(pool, known);
  return known;
}

const modelToken = (model: string): string =>
  /^[\w-]*$/.test(model) ? model : model.replaceAll(/[^\w-]/g, '_');

/**
 * Names of one coordinator's queue on a server that others may share. Each pool has a stream of its own: a server
 * can give rights to streams, but not to some consumers of one.
 */
export class QueueNames {
  /** Subject of the tasks of all pools. */
  readonly allTasks: string;
  /** Up to version 2 of the conversation one stream held the tasks of all pools. */
  readonly formerStream: string;
  readonly #prefix: string;
  readonly #queue: string;

  /** `queue` is the coordinator's own id. */
  constructor(queue: string) {
    this.#queue = queue;
    this.#prefix = `oodgrid.${queue}`;
    this.allTasks = `${this.#prefix}.task.>`;
    this.formerStream = `OODGRID_TASKS_${queue}`;
  }

  /** The work-queue stream of a pool. */
  stream(pool: string): string {
    return `OODGRID_TASKS_${this.#queue}_${poolToken(pool)}`;
  }

  /** Returns the subject of all tasks of a pool. */
  tasks(pool: string): string {
    return `${this.#prefix}.task.${poolToken(pool)}.>`;
  }

  /** Returns the subject of a pool's tasks for one model. */
  subject(pool: string, model: string): string {
    return `${this.#prefix}.task.${poolToken(pool)}.${consumerName(model)}`;
  }

  /** Plain message: there is something to pull; its data is the consumer. */
  wake(pool: string): string {
    return `${this.#prefix}.wake.${poolToken(pool)}`;
  }

  /** Everything that the coordinator publishes. */
  get all(): string {
    return `${this.#prefix}.>`;
  }
}

/** The durable consumer of a model in the stream of a pool, shared by all its workers. */
export const consumerName = (model: string): string => modelToken(model) || 'none';

export const isConsumerName = (text: string): boolean => /^[\w-]{1,200}$/.test(text);
