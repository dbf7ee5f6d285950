import {
  type handleBidiStreamingCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import { OodError } from '@oodgrid/protocol';
import { type ConnectRequest, type ConnectResponse, WorkerServiceService } from '@oodgrid/protocol/wire';
import type { WorkerHandler } from '../ports.js';
import {
  fromWire,
  fromWireLease,
  MAX_MESSAGE_BYTES,
  malformed,
  toRefused,
  toWireAssignment,
} from './wire-codec.js';

type Call = ServerDuplexStream<ConnectRequest, ConnectResponse>;
type Reply = NonNullable<ConnectResponse['reply']>;

export interface WorkerServer {
  /** Ends every connection, then the server. */
  close(): Promise<void>;
}

/** Serves workers on an address such as `unix:/run/ood.sock`. */
export async function serveWorkers(
  handler: WorkerHandler,
  { address }: { readonly address: string },
): Promise<WorkerServer> {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  const connect: handleBidiStreamingCall<ConnectRequest, ConnectResponse> = (call) => {
    void new Connection(handler, call).serve();
  };
  server.addService(WorkerServiceService, { connect });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error) => {
      if (error === null) resolve();
      else
        reject(
          new OodError('unavailable', `${address}: could not be listened on: ${error.message}`, {
            cause: error,
          }),
        );
    });
  });
  return {
    close: async () => {
      server.forceShutdown();
    },
  };
}

/**
 * One worker's stream. Messages are read one at a time and the next only when the handler is done with the
 * last: a coordinator that is slow to store slows its workers down instead of filling its memory.
 */
class Connection {
  readonly #handler: WorkerHandler;
  readonly #call: Call;
  readonly #gone = new AbortController();
  #pull: AbortController | undefined;
  #workerId: string | undefined;

  constructor(handler: WorkerHandler, call: Call) {
    this.#handler = handler;
    this.#call = call;
    call.on('cancelled', () => this.#gone.abort());
    call.on('error', () => this.#gone.abort());
  }

  async serve(): Promise<void> {
    try {
      for await (const request of this.#call) await this.#answer(request);
    } catch {
      // The stream broke: the handler learns it below, the worker has gone.
    } finally {
      this.#gone.abort();
      this.#call.end();
      if (this.#workerId !== undefined) this.#handler.disconnected(this.#workerId);
    }
  }

  async #answer({ sequence, message }: ConnectRequest): Promise<void> {
    try {
      if (message === undefined) throw malformed('it is empty');
      if (message.$case === 'register') {
        const { workerId, numericsClass, engineKind, engineVersion, device, pid } = message.register;
        if (this.#workerId !== undefined || workerId === '')
          throw malformed('a worker registers once, with an id');
        await this.#handler.register({
          workerId,
          numericsClass,
          engine: { kind: engineKind, version: engineVersion, device },
          pid,
        });
        this.#workerId = workerId;
        this.#reply(sequence, { $case: 'accepted', accepted: {} });
        return;
      }
      const workerId = this.#workerId;
      if (workerId === undefined) throw malformed('the first message must register the worker');
      switch (message.$case) {
        case 'pull':
          // Not awaited: a worker that waits for a task may still renew and withdraw.
          void this.#assign(workerId, sequence);
          return;
        case 'cancelPull':
          this.#pull?.abort();
          break;
        case 'renew':
          this.#reply(sequence, {
            $case: 'renewed',
            renewed: { isHeld: await this.#handler.renew(fromWireLease(message.renew)) },
          });
          return;
        case 'release':
          await this.#handler.release(fromWireLease(message.release));
          break;
        default: {
          const result = fromWire(message);
          if (result === undefined) throw malformed(`a worker does not send "${message.$case}"`);
          await this.#handler.accept(workerId, result);
        }
      }
      this.#reply(sequence, { $case: 'accepted', accepted: {} });
    } catch (error) {
      this.#refuse(sequence, error);
    }
  }

  async #assign(workerId: string, sequence: number): Promise<void> {
    const pull = new AbortController();
    this.#pull = pull;
    try {
      const assignment = await this.#handler.pull(
        workerId,
        AbortSignal.any([pull.signal, this.#gone.signal]),
      );
      if (assignment === undefined) this.#reply(sequence, { $case: 'drained', drained: {} });
      else this.#reply(sequence, { $case: 'assignment', assignment: toWireAssignment(assignment) });
    } catch (error) {
      this.#refuse(sequence, error);
    }
  }

  #refuse(sequence: number, error: unknown): void {
    this.#reply(sequence, { $case: 'refused', refused: toRefused(OodError.from(error)) });
  }

  #reply(sequence: number, reply: Reply): void {
    if (!this.#gone.signal.aborted) this.#call.write({ sequence, reply });
  }
}
