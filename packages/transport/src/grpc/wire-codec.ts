import { crc32 } from 'node:zlib';
import {
  canonicalJson,
  type Digest,
  digestSchema,
  ERROR_CODES,
  type ErrorCode,
  OodError,
  taskSpecSchema,
} from '@oodgrid/protocol';
import type {
  Chunk,
  ConnectRequest,
  Refused,
  Assignment as WireAssignment,
  LeaseRef as WireLease,
} from '@oodgrid/protocol/wire';
import type { Assignment, ChunkMessage, LeaseRef, WorkerMessage } from '../ports.js';

/** Largest payload of a chunk, so that no message holds a stream up. */
const MAX_CHUNK_BYTES = 256 * 1024;
/** A message is refused beyond this; the largest honest one is a chunk with its header. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

export type WireMessage = NonNullable<ConnectRequest['message']>;

/** A chunk's rows in pieces of at most `MAX_CHUNK_BYTES`. */
export function splitChunk(chunk: ChunkMessage): ChunkMessage[] {
  const { rows, columns, offsetRows, data } = chunk;
  const rowsPerPiece = Math.max(1, Math.floor(MAX_CHUNK_BYTES / 4 / Math.max(1, columns)));
  if (rows <= rowsPerPiece) return [chunk];
  return Array.from({ length: Math.ceil(rows / rowsPerPiece) }, (_, i) => {
    const from = i * rowsPerPiece;
    const count = Math.min(rowsPerPiece, rows - from);
    return {
      ...chunk,
      offsetRows: offsetRows + from,
      rows: count,
      data: data.subarray(from * columns, (from + count) * columns),
    };
  });
}

export function toWire(message: WorkerMessage): WireMessage {
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
    case 'failed': {
      const { code, message: text, retryable } = message;
      return { $case: 'failed', failed: { lease, code, message: text, retryable } };
    }
    case 'progress':
      return { $case: 'progress', progress: { lease, work: { ...message.work } } };
  }
}

/** The result messages of a worker; undefined for what is no result. Throws `invalid-input` for what is malformed. */
export function fromWire(message: WireMessage): WorkerMessage | undefined {
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
    case 'failed': {
      const { lease, code, message: text, retryable } = message.failed;
      return { kind: 'failed', ...fromWireLease(lease), code: errorCode(code), message: text, retryable };
    }
    case 'progress':
      return {
        kind: 'progress',
        ...fromWireLease(message.progress.lease),
        work: required(message.progress.work, 'work'),
      };
    default:
      return undefined;
  }
}

function fromWireChunk({ key, offsetRows, rows, columns, data, crc32: expected }: Chunk) {
  const got = crc32(data);
  if (got !== expected) throw malformed(`a chunk has CRC ${got}, its header says ${expected}`);
  if (data.length !== rows * columns * 4 || data.length > MAX_CHUNK_BYTES) {
    throw malformed(`a chunk of ${rows} x ${columns} values has ${data.length} bytes`);
  }
  // A copy: the payload's place in the received buffer need not be aligned for floats.
  return { key: digest(key), offsetRows, rows, columns, data: new Float32Array(new Uint8Array(data).buffer) };
}

export const toWireLease = ({ taskId, attempt, token }: LeaseRef): WireLease => ({ taskId, attempt, token });

export function fromWireLease(lease: WireLease | undefined): LeaseRef {
  const { taskId, attempt, token } = required(lease, 'lease');
  return { taskId, attempt, token };
}

export function toWireAssignment(assignment: Assignment): WireAssignment {
  return { lease: toWireLease(assignment), taskJson: Buffer.from(canonicalJson(assignment.task)) };
}

export function fromWireAssignment({ lease, taskJson }: WireAssignment): Assignment {
  const task = taskSpecSchema.safeParse(JSON.parse(taskJson.toString('utf8')));
  if (!task.success) throw malformed(`a task does not fit its schema: ${task.error.message}`);
  return { ...fromWireLease(lease), task: task.data };
}

export const toRefused = ({ code, message }: OodError): Refused => ({ code, message });
export const fromRefused = ({ code, message }: Refused): OodError => new OodError(errorCode(code), message);

export const malformed = (what: string): OodError =>
  new OodError('invalid-input', `malformed message: ${what}`);

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw malformed(`${what} is missing`);
  return value;
}

function digest(text: string): Digest {
  const parsed = digestSchema.safeParse(text);
  if (!parsed.success) throw malformed(`${JSON.stringify(text.slice(0, 80))} is no digest`);
  return parsed.data;
}

function errorCode(text: string): ErrorCode {
  return ERROR_CODES.find((code) => code === text) ?? 'internal';
}
