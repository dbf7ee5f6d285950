import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceDefinition,
  type status,
} from '@grpc/grpc-js';
import {
  BlobServiceService,
  ClientServiceService,
  TokenServiceService,
  WorkerServiceService,
} from '@oodgrid/contract/wire';
import type { GrpcService } from '@oodgrid/transport';

/** A method whose messages may be of any type. */
export type AnyMethod = ServiceDefinition[string];

const DEFINITIONS = [ClientServiceService, BlobServiceService, TokenServiceService, WorkerServiceService];

/** Every method of the wire contract. */
export const METHODS: readonly AnyMethod[] = DEFINITIONS.flatMap((definition) =>
  Object.values<AnyMethod>(definition),
);

/** Services that answer every call at once with an empty message; `reached` is told of each. */
export function stubServices(reached: (path: string) => void): readonly GrpcService[] {
  return DEFINITIONS.map((definition) => ({
    definition,
    implementation: Object.fromEntries(
      Object.entries<AnyMethod>(definition).map(([name, method]) => [name, stub(method, reached)]),
    ),
  }));
}

interface StubCall {
  write(message: object): void;
  end(): void;
  resume?(): void;
  on(event: 'end' | 'error', told: () => void): unknown;
}
type StubCallback = (error: null, answer: object) => void;

/** Answers when everything that it is sent is there. */
function stub(method: AnyMethod, reached: (path: string) => void) {
  const { path, requestStream, responseStream, responseDeserialize } = method;
  return (call: StubCall, callback?: StubCallback) => {
    reached(path);
    const answer = () => {
      const message = responseDeserialize(Buffer.alloc(0));
      if (!responseStream) return callback?.(null, message);
      call.write(message);
      call.end();
    };
    if (!requestStream) return answer();
    call.on('error', () => undefined);
    call.on('end', answer);
    call.resume?.();
  };
}

/** The status that a call of some token ends with. */
export function callWith(address: string, method: AnyMethod, token: string | undefined): Promise<status> {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  const { path, requestStream, responseStream, requestSerialize, requestDeserialize, responseDeserialize } =
    method;
  const request = requestDeserialize(Buffer.alloc(0));
  const nothing = () => undefined;
  return new Promise<status>((resolve) => {
    const over = ({ code }: { code: status }) => {
      resolve(code);
      client.close();
    };
    if (requestStream && responseStream) {
      const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
      call.on('error', nothing);
      call.on('status', over);
      call.resume();
      call.write(request);
      call.end();
    } else if (requestStream) {
      const call = client.makeClientStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        metadata,
        nothing,
      );
      call.on('error', nothing);
      call.on('status', over);
      call.write(request);
      call.end();
    } else if (responseStream) {
      const call = client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
      );
      call.on('error', nothing);
      call.on('status', over);
      call.resume();
    } else {
      const call = client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        nothing,
      );
      call.on('status', over);
    }
  });
}

/** Opens a stream of any method that has one on both sides, and keeps it open. */
export function openStream(
  address: string,
  { path, requestSerialize, requestDeserialize, responseDeserialize }: AnyMethod,
  token: string,
): { readonly call: ClientDuplexStream<object, object>; readonly close: () => void } {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
  call.on('error', () => undefined);
  call.write(requestDeserialize(Buffer.alloc(0)));
  return { call, close: () => client.close() };
}
