import { z } from 'zod';
import { ERROR_CODES, OodError } from './errors.js';
import { digestSchema } from './ids.js';
import { workCountsSchema } from './tasks.js';

const text = z.string();
const errorCode = z.enum(ERROR_CODES);
const event = <K extends string, S extends z.core.$ZodLooseShape>(kind: K, shape: S) =>
  z.object({ kind: z.literal(kind), ...shape });

const workerInfoSchema = z.object({
  workerId: text,
  incarnation: text,
  numericsClass: text,
  engine: z.object({ kind: text, version: text, device: text }),
  host: text,
  pid: z.number(),
  slots: z.number(),
  memoryBytes: z.number(),
});

const failureSchema = z.object({
  code: errorCode,
  message: text,
  /** False when another attempt would fail alike: bad input, not a bad moment. */
  isRetryable: z.boolean(),
  /** The last lines that the worker wrote. */
  logTail: text,
});

/** Events of a run, as sent to its watchers. */
const runEventSchema = z.discriminatedUnion('kind', [
  event('worker-joined', { worker: workerInfoSchema }),
  event('worker-lost', { workerId: text }),
  event('task-started', { taskId: text, workerId: text, attempt: z.number() }),
  event('task-progress', { taskId: text, work: workCountsSchema }),
  /** `workerId` is absent in events of former versions. */
  event('task-failed', {
    taskId: text,
    workerId: text.exactOptional(),
    failure: failureSchema,
    willRetry: z.boolean(),
  }),
  /** A failure that is not the task's: another worker will have it, or it waits for what is missing. */
  event('task-handed-back', { taskId: text, workerId: text, message: text }),
  /** A worker gets no tasks for so long, or (null) until it says that it is well. */
  event('worker-set-aside', {
    workerId: text,
    code: errorCode,
    reason: text,
    seconds: z.number().nullable(),
  }),
  event('worker-taken-back', { workerId: text }),
  /** No worker can compute what is left of the run, for this reason; empty: one can again. */
  event('waits', { reason: text }),
  /** Tasks wait for a blob: until its fit is done again, or until somebody brings it. The message says what to do. */
  event('blob-missing', { blob: digestSchema, isDoneAgain: z.boolean(), message: text }),
  /** Its lease was not renewed; another worker will have it. */
  event('task-lost', { taskId: text, workerId: text }),
  /** `isReused` when its results came from the cache. */
  event('task-done', { taskId: text, isReused: z.boolean(), work: workCountsSchema, seconds: z.number() }),
  /** It starts anew in another numerics class. */
  event('moved', { numericsClass: text }),
  /** The run is being merged; said now and then. */
  event('merge-progress', { merged: z.number(), cells: z.number() }),
  /** `choice`: its title. */
  event('choice-made', { choice: text, outcome: z.unknown() }),
  /** A line that a worker wrote while it had the task. */
  event('log', { taskId: text, workerId: text, line: text }),
  event('ended', {
    status: z.enum(['done', 'failed', 'cancelled']),
    problem: z.object({ code: errorCode, message: text }).nullable(),
  }),
]);
export type RunEvent = Readonly<z.infer<typeof runEventSchema>>;

const KINDS: ReadonlySet<string> = new Set(runEventSchema.options.map(({ shape }) => shape.kind.value));

export const encodeRunEvent = (said: RunEvent): Buffer => Buffer.from(JSON.stringify(said));

/**
 * An event from the wire. Null for a kind that this version does not know: a later coordinator may have more to tell.
 * Throws `corrupt-data` for what is no event.
 */
export function decodeRunEvent(json: Uint8Array): RunEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new OodError('corrupt-data', 'the coordinator sent an event that is no JSON', { cause });
  }
  const parsed = runEventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  if (typeof kind === 'string' && !KINDS.has(kind)) return null;
  throw new OodError(
    'corrupt-data',
    `the coordinator sent an event that does not fit: ${z.prettifyError(parsed.error)}`,
  );
}
