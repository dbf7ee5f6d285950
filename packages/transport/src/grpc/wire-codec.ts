import { crc32 } from 'node:zlib';
import { workSpecSchema } from '@oodgrid/contract';
import type { worker as wire } from '@oodgrid/contract/wire';
import type { CoordinatorMessage, LeaseRef, Registration, ReliableMessage, WorkerMessage } from '../ports.js';
import { failureFromWire, failureToWire } from './failure-codec.js';
import { MAX_CHUNK_BYTES } from './split-chunk.js';
import { digest, errorCode, malformed, runId } from './wire-values.js';

/** Payload after which a frame is sent, however much there is still to say. */
export const FRAME_BYTES = 512 * 1024;
/** A frame is refused beyond this; the largest honest one is `FRAME_BYTES` and a chunk with its header. */
export const MAX_FRAME_BYTES = 2 * 1024 * 1024;

/** Largest number of slots that the command line allows: 256 executors with 1,024 tasks each. */
const MAX_SLOTS = 256 * 1024;
/** Characters of a numerics class, and of what else a worker says of itself. */
const MAX_TEXT = 1000;

type WireBody = wire.WorkerMessage['message'];

export function toWire(message: WorkerMessage): wire.WorkerMessage {
  switch (message.kind) {
    case 'reliable':
      return { sequence: message.sequence, message: reliableToWire(message.message) };
    case 'lease-request': {
      const { requestId, hint } = message;
      return unnumbered({ $case: 'leaseRequest', leaseRequest: { requestId, hint: hint ?? undefined } });
    }
    case 'heartbeat': {
      const { leases, doing, trouble, isLeaving: leaving = false } = message;
      return unnumbered({
        $case: 'heartbeat',
        heartbeat: { leases: leases.map(toWireLease), doing, trouble, leaving },
      });
    }
    case 'progress': {
      const { lease, work } = message;
      return unnumbered({ $case: 'progress', progress: { lease: toWireLease(lease), work: { ...work } } });
    }
    case 'log':
      return unnumbered({ $case: 'log', log: { lease: toWireLease(message.lease), line: message.line } });
  }
}

const unnumbered = (message: WireBody): wire.WorkerMessage => ({ sequence: 0, message });

function reliableToWire(message: ReliableMessage): WireBody {
  const lease = toWireLease(message);
  switch (message.kind) {
    case 'chunk': {
      const { key, offsetRows, rows, columns } = message;
      const data = Buffer.from(message.data.buffer, message.data.byteOffset, message.data.byteLength);
      return { $case: 'chunk', chunk: { lease, key, offsetRows, rows, columns, data, crc32: crc32(data) } };
    }
    case 'fitted':
      return { $case: 'fitted', fitted: { lease, key: message.key, blob: message.blob } };
    case 'done':
      return { $case: 'done', done: { lease, work: { ...message.work }, seconds: message.seconds } };
    case 'failed':
      return { $case: 'failed', failed: { lease, ...failureToWire(message) } };
    case 'released':
      return { $case: 'released', released: lease };
  }
}

/** Throws `invalid-input` for what is malformed. */
export function fromWire({ sequence, message }: wire.WorkerMessage): WorkerMessage {
  if (message === undefined) throw malformed('a message is empty');
  const reliable = reliableFromWire(message);
  if (reliable !== undefined) {
    if (sequence < 1) throw malformed(`a "${message.$case}" has no sequence number`);
    return { kind: 'reliable', sequence, message: reliable };
  }
  switch (message.$case) {
    case 'leaseRequest': {
      const { requestId, hint } = message.leaseRequest;
      if (hint === undefined) return { kind: 'lease-request', requestId, hint: null };
      return { kind: 'lease-request', requestId, hint: { run: runId(hint.run), task: hint.task } };
    }
    case 'heartbeat':
      return {
        kind: 'heartbeat',
        leases: message.heartbeat.leases.map(fromWireLease),
        doing: message.heartbeat.doing.slice(0, 200),
        trouble: message.heartbeat.trouble.slice(0, 1000),
        ...(message.heartbeat.leaving ? { isLeaving: true } : {}),
      };
    case 'progress': {
      const { lease, work } = message.progress;
      return { kind: 'progress', lease: fromWireLease(lease), work: required(work, 'work') };
    }
    case 'log': {
      const { lease, line } = message.log;
      return { kind: 'log', lease: fromWireLease(lease), line: line.slice(0, 2000) };
    }
    default:
      throw malformed(`a worker does not send "${message.$case}"`);
  }
}

function reliableFromWire(message: NonNullable<WireBody>): ReliableMessage | undefined {
  switch (message.$case) {
    case 'chunk':
      return { kind: 'chunk', ...fromWireLease(message.chunk.lease), ...fromWireChunk(message.chunk) };
    case 'fitted': {
      const { lease, key, blob } = message.fitted;
      return { kind: 'fitted', ...fromWireLease(lease), key: digest(key), blob: digest(blob) };
    }
    case 'done': {
      const { lease, work, seconds } = message.done;
      return { kind: 'done', ...fromWireLease(lease), work: required(work, 'work'), seconds };
    }
    case 'failed':
      return { kind: 'failed', ...fromWireLease(message.failed.lease), ...failureFromWire(message.failed) };
    case 'released':
      return { kind: 'released', ...fromWireLease(message.released) };
    default:
      return undefined;
  }
}

function fromWireChunk({ key, offsetRows, rows, columns, data, crc32: expected }: wire.Chunk) {
  const got = crc32(data);
  if (got !== expected) throw malformed(`a chunk has CRC ${got}, its header says ${expected}`);
  if (data.length !== rows * columns * 4 || data.length > MAX_CHUNK_BYTES) {
    throw malformed(`a chunk of ${rows} x ${columns} values has ${data.length} bytes`);
  }
  // The payload's place in the received buffer need not be aligned for floats.
  const { buffer, byteOffset } = data.byteOffset % 4 === 0 ? data : new Uint8Array(data);
  const floats = new Float32Array(buffer, byteOffset, rows * columns);
  return { key: digest(key), offsetRows, rows, columns, data: floats };
}

export function toWireReply(message: CoordinatorMessage): wire.CoordinatorMessage {
  switch (message.kind) {
    case 'registered': {
      const { leaseMs, windowBytes, queue } = message;
      const registered = { leaseMs, windowBytes, queue: queue ?? '' };
      return { message: { $case: 'registered', registered } };
    }
    case 'granted': {
      const { requestId, lease, task, traceparent = '' } = message;
      const taskJson = Buffer.from(JSON.stringify(task));
      const granted = { requestId, lease: toWireLease(lease), taskJson, traceparent };
      return { message: { $case: 'granted', granted } };
    }
    case 'denied': {
      const { requestId, retryMs } = message;
      return { message: { $case: 'denied', denied: { requestId, retryMs: retryMs ?? undefined } } };
    }
    case 'ack':
      return { message: { $case: 'ack', ack: message.upTo } };
    case 'refused': {
      const { sequence, code, message: text } = message;
      return { message: { $case: 'refused', refused: { sequence, code, message: text } } };
    }
    case 'cancel':
      return { message: { $case: 'cancel', cancel: toWireLease(message.lease) } };
    case 'drain':
      return { message: { $case: 'drain', drain: {} } };
    case 'set-aside': {
      const { reason, forMs } = message;
      return { message: { $case: 'setAside', setAside: { reason, forMs } } };
    }
    case 'probe':
      return { message: { $case: 'probe', probe: {} } };
  }
}

export function fromWireReply({ message }: wire.CoordinatorMessage): CoordinatorMessage {
  switch (message?.$case) {
    case 'registered': {
      const { queue, ...terms } = message.registered;
      // It becomes part of the names of subjects.
      if (!/^[\w-]{0,64}$/.test(queue)) throw malformed('the id of the queue is none');
      return { kind: 'registered', ...terms, queue: queue === '' ? null : queue };
    }
    case 'granted': {
      const { requestId, lease, taskJson, traceparent } = message.granted;
      const task = workSpecSchema.safeParse(json(taskJson));
      if (!task.success) throw malformed(`a task does not fit its schema: ${task.error.message}`);
      const trace = traceparent === '' ? {} : { traceparent };
      return { kind: 'granted', requestId, lease: fromWireLease(lease), task: task.data, ...trace };
    }
    case 'denied': {
      const { requestId, retryMs } = message.denied;
      return { kind: 'denied', requestId, retryMs: retryMs ?? null };
    }
    case 'ack':
      return { kind: 'ack', upTo: message.ack };
    case 'refused': {
      const { sequence, code, message: text } = message.refused;
      return { kind: 'refused', sequence, code: errorCode(code), message: text };
    }
    case 'cancel':
      return { kind: 'cancel', lease: fromWireLease(message.cancel) };
    case 'drain':
      return { kind: 'drain' };
    case 'setAside':
      return { kind: 'set-aside', ...message.setAside };
    case 'probe':
      return { kind: 'probe' };
    default:
      throw malformed('a message is empty');
  }
}

export function toWireRegister({ protocol, worker, proof, held, nextSequence }: Registration): wire.Register {
  const { engine, ...own } = worker;
  return {
    ...own,
    protocol,
    proof,
    engineKind: engine.kind,
    engineVersion: engine.version,
    device: engine.device,
    held: held.map(toWireLease),
    nextSequence,
  };
}

export function fromWireRegister(message: wire.Register): Registration {
  const { protocol, proof, held, nextSequence, engineKind, engineVersion, device, ...own } = message;
  if (!/^[\w.:@-]{1,100}$/.test(own.workerId) || !/^[\w-]{1,100}$/.test(own.incarnation)) {
    throw malformed(`${JSON.stringify(own.workerId.slice(0, 80))} is no worker id`);
  }
  if (own.slots < 1 || own.slots > MAX_SLOTS) throw malformed(`a worker has ${own.slots} places`);
  if (proof.length > 200) throw malformed('a proof is too long');
  // They are kept, and shown to people.
  for (const text of [own.numericsClass, engineKind, engineVersion, device])
    if (text.length > MAX_TEXT) throw malformed('a worker says too much of itself');
  const engine = { kind: engineKind, version: engineVersion, device };
  const host = own.host.replaceAll(/[^\w.:-]/g, '-').slice(0, 100);
  return { protocol, worker: { ...own, host, engine }, proof, held: held.map(fromWireLease), nextSequence };
}

const toWireLease = ({ run, task, attempt, token }: LeaseRef): wire.LeaseRef => ({
  run,
  task,
  attempt,
  token,
});

function fromWireLease(lease: wire.LeaseRef | undefined): LeaseRef {
  const { run, task, attempt, token } = required(lease, 'lease');
  return { run: runId(run), task, attempt, token };
}

/** Undefined for what is no JSON, which fits no schema of ours. */
function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw malformed(`${what} is missing`);
  return value;
}
