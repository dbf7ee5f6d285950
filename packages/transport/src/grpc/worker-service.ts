import type { handleBidiStreamingCall, ServerDuplexStream } from '@grpc/grpc-js';
import { OodError } from '@oodgrid/contract';
import {
  type ConnectRequest,
  type ConnectResponse,
  WorkerServiceService,
  type worker as wire,
} from '@oodgrid/contract/wire';
import type { CoordinatorMessage, WorkerHandler, WorkerPeer } from '../ports.js';
import { FrameWriter } from './frames.js';
import type { GrpcService } from './grpc-server.js';
import { grpcStatus } from './grpc-status.js';
import { FRAME_BYTES, fromWire, fromWireRegister, toWireReply } from './wire-codec.js';
import { malformed } from './wire-values.js';

type Call = ServerDuplexStream<ConnectRequest, ConnectResponse>;

/** A connection that has not registered by then is ended. */
const REGISTER_MS = 10_000;
/** Bytes that may wait for a worker that does not read; beyond it is disconnected. */
const MAX_UNREAD_BYTES = 16 * 1024 ** 2;

export interface WorkerServiceOptions {
  readonly handler: WorkerHandler;
  /** Told of every connection that is ended because of what it did. */
  readonly onRefused: (reason: string) => void;
}

/** The gRPC side of the workers' stream. */
export function workerService(options: WorkerServiceOptions): GrpcService {
  const connect: handleBidiStreamingCall<ConnectRequest, ConnectResponse> = (call) => {
    new WorkerConnection(options, call);
  };
  return { definition: WorkerServiceService, implementation: { connect } };
}

class WorkerConnection implements WorkerPeer {
  readonly #options: WorkerServiceOptions;
  readonly #call: Call;
  readonly #frames = new FrameWriter<wire.CoordinatorMessage>(
    (messages, bytes) => this.#write(messages, bytes),
    FRAME_BYTES,
  );
  readonly #registerTimer: NodeJS.Timeout;
  #isRegistered = false;
  #isOver = false;
  #unread = 0;

  constructor(options: WorkerServiceOptions, call: Call) {
    this.#options = options;
    this.#call = call;
    this.#registerTimer = setTimeout(() => this.#refuse('idle', 'it did not register in time'), REGISTER_MS);
    call.on('data', (request: ConnectRequest) => this.#receive(request));
    call.on('end', () => this.#end());
    call.on('cancelled', () => this.#end());
    call.on('close', () => this.#end());
    call.on('error', () => {
      // For example a frame beyond the limit: gRPC has ended the call with its status.
      if (!this.#isOver) options.onRefused('stream_error');
      this.#end();
    });
  }

  send(message: CoordinatorMessage): void {
    if (!this.#isOver) this.#frames.push(toWireReply(message), bytesOf(message));
  }

  close(reason: string): void {
    if (this.#isOver) return;
    this.#frames.flush();
    this.#fail(new OodError('unavailable', reason));
  }

  #receive({ register, messages }: ConnectRequest): void {
    if (this.#isOver) return;
    try {
      if (register !== undefined) {
        if (this.#isRegistered) throw malformed('a worker registers once');
        this.#options.handler.register(this, fromWireRegister(register));
        this.#isRegistered = true;
        clearTimeout(this.#registerTimer);
      }
      if (!this.#isRegistered) throw malformed('the first frame must register the worker');
      for (const message of messages) this.#options.handler.receive(this, fromWire(message));
    } catch (thrown) {
      const error = OodError.from(thrown);
      this.#refuse(error.code, error.message, error);
    }
  }

  #refuse(counter: string, reason: string, error = new OodError('invalid-input', reason)): void {
    if (this.#isOver) return;
    this.#options.onRefused(counter);
    this.#fail(error);
  }

  /** Ends the call with a status. */
  #fail(error: OodError): void {
    this.#leave();
    this.#call.emit('error', grpcStatus(error));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#leave();
    this.#call.end();
  }

  #leave(): void {
    this.#isOver = true;
    clearTimeout(this.#registerTimer);
    if (this.#isRegistered) this.#options.handler.disconnected(this);
  }

  #write(messages: wire.CoordinatorMessage[], bytes: number): void {
    if (this.#isOver) return;
    this.#unread += bytes;
    this.#call.write({ messages }, () => {
      this.#unread -= bytes;
    });
    if (this.#unread > MAX_UNREAD_BYTES) this.#refuse('slow_reader', 'it does not read what it is sent');
  }
}

/** About what a message adds to a frame. */
function bytesOf(message: CoordinatorMessage): number {
  if (message.kind === 'granted') return 2048;
  return 64 + (message.kind === 'refused' ? message.message.length : 0);
}
