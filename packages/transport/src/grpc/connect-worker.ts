import type { ClientDuplexStream } from '@grpc/grpc-js';
import { OodError } from '@oodgrid/contract';
import {
  type ConnectRequest,
  type ConnectResponse,
  WorkerServiceClient,
  type worker as wire,
} from '@oodgrid/contract/wire';
import { type Endpoint, endpointOf } from '../access/endpoint.js';
import type { CoordinatorMessage, Registration, WorkerMessage } from '../ports.js';
import { FrameWriter } from './frames.js';
import { GRPC_OPTIONS } from './grpc-server.js';
import { fromGrpcStatus } from './grpc-status.js';
import { FRAME_BYTES, fromWireReply, toWire, toWireRegister } from './wire-codec.js';

export interface WorkerLinkHandler {
  receive(message: CoordinatorMessage): void;
  /** The connection is over; called once. */
  closed(reason: OodError): void;
}

/** One connection of a worker to the coordinator. */
export interface WorkerLink {
  send(message: WorkerMessage): void;
  close(): void;
}

/** Opens the stream and registers. */
export function connectWorker(
  coordinator: Endpoint | string,
  registration: Registration,
  handler: WorkerLinkHandler,
): WorkerLink {
  const { address, credentials, interceptors } = endpointOf(coordinator);
  const client = new WorkerServiceClient(address, credentials, {
    ...GRPC_OPTIONS,
    interceptors: [...interceptors],
  });
  const call: ClientDuplexStream<ConnectRequest, ConnectResponse> = client.connect();
  let isOver = false;
  const end = (reason: unknown) => {
    if (isOver) return;
    isOver = true;
    call.cancel();
    client.close();
    handler.closed(fromGrpcStatus(reason, address));
  };
  const frames = new FrameWriter<wire.WorkerMessage>((messages) => {
    if (!isOver) call.write({ register: undefined, messages });
  }, FRAME_BYTES);
  call.on('data', ({ messages }: ConnectResponse) => {
    for (const message of messages) {
      if (isOver) return;
      let reply: CoordinatorMessage;
      try {
        reply = fromWireReply(message);
      } catch (thrown) {
        // Thrown out of a stream's listener it would end the process.
        end(OodError.from(thrown));
        return;
      }
      handler.receive(reply);
    }
  });
  call.on('error', end);
  call.on('end', () => end(new Error('the coordinator ended the stream')));
  call.write({ register: toWireRegister(registration), messages: [] });
  return {
    send: (message) => {
      const isChunk = message.kind === 'reliable' && message.message.kind === 'chunk';
      frames.push(toWire(message), isChunk ? message.message.data.byteLength + 200 : 150);
    },
    close: () => {
      if (isOver) return;
      frames.flush();
      isOver = true;
      call.end();
      client.close();
    },
  };
}
