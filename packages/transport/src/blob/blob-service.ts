import type {
  handleServerStreamingCall,
  handleUnaryCall,
  ServerReadableStream,
  sendUnaryData,
} from '@grpc/grpc-js';
import { type Digest, digestSchema, OodError } from '@oodgrid/contract';
import {
  BlobServiceService,
  type GetRequest,
  type GetResponse,
  type MissingRequest,
  type MissingResponse,
  type PutRequest,
  type PutResponse,
} from '@oodgrid/contract/wire';
import type { GrpcService } from '../grpc/grpc-server.js';
import { grpcStatus } from '../grpc/grpc-status.js';
import type { CentralBlobStore } from '../ports.js';

const PIECE_BYTES = 256 * 1024;
/** The train set of ImageNet's features is far below; nothing honest is above. */
const MAX_BLOB_BYTES = 4 * 1024 ** 3;
const MAX_DIGESTS = 10_000;

export interface BlobServiceOptions {
  readonly blobs: CentralBlobStore;
  /** Told of every blob that was uploaded and is durable. */
  readonly onStored: (digest: Digest) => void;
}

/** Serves a blob store: uploads are verified and durable before they are answered; a damaged blob counts as missing. */
export function blobService({ blobs, onStored }: BlobServiceOptions): GrpcService {
  const missing: handleUnaryCall<MissingRequest, MissingResponse> = ({ request }, callback) => {
    findMissing(blobs, request.digests).then(
      (digests) => callback(null, { digests }),
      (thrown: unknown) => callback(grpcStatus(OodError.from(thrown))),
    );
  };
  const put = (call: ServerReadableStream<PutRequest, PutResponse>, callback: sendUnaryData<PutResponse>) => {
    store(blobs, call).then(
      (digest) => {
        onStored(digest);
        callback(null, {});
      },
      (thrown: unknown) => callback(grpcStatus(OodError.from(thrown))),
    );
  };
  const get: handleServerStreamingCall<GetRequest, GetResponse> = (call) => {
    send(blobs, call.request.digest, call).then(
      () => call.end(),
      (thrown: unknown) => call.emit('error', grpcStatus(OodError.from(thrown))),
    );
  };
  return { definition: BlobServiceService, implementation: { missing, put, get } };
}

async function findMissing(blobs: CentralBlobStore, digests: readonly string[]): Promise<string[]> {
  if (digests.length > MAX_DIGESTS) {
    throw new OodError('invalid-input', `${digests.length} digests in one question, at most ${MAX_DIGESTS}`);
  }
  const missing: string[] = [];
  for (const digest of digests) if (!(await blobs.has(digestOf(digest)))) missing.push(digest);
  return missing;
}

async function store(blobs: CentralBlobStore, call: AsyncIterable<PutRequest>): Promise<Digest> {
  const messages = call[Symbol.asyncIterator]();
  const first = await messages.next();
  if (first.done === true) throw new OodError('invalid-input', 'an upload without a digest');
  const digest = digestOf(first.value.digest);
  await blobs.putPieces(digest, piecesOf(first.value, messages));
  return digest;
}

async function* piecesOf(first: PutRequest, rest: AsyncIterator<PutRequest>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for (
    let next: IteratorResult<PutRequest> = { value: first };
    next.done !== true;
    next = await rest.next()
  ) {
    const { data } = next.value;
    size += data.length;
    if (size > MAX_BLOB_BYTES)
      throw new OodError('resource-exhausted', `a blob of more than ${MAX_BLOB_BYTES} bytes`);
    yield data;
  }
}

async function send(
  blobs: CentralBlobStore,
  digest: string,
  call: {
    write(piece: GetResponse): boolean;
    once(event: 'drain' | 'cancelled', listener: () => void): void;
  },
): Promise<void> {
  let isCancelled = false;
  let proceed: () => void = () => undefined;
  call.once('cancelled', () => {
    isCancelled = true;
    proceed();
  });
  for await (const bytes of checkedPieces(blobs, digestOf(digest))) {
    for (let from = 0; from < bytes.length && !isCancelled; from += PIECE_BYTES) {
      const data = Buffer.from(bytes.subarray(from, from + PIECE_BYTES));
      if (!call.write({ data })) {
        await new Promise<void>((resolve) => {
          // One listener for the whole call: a large blob waits thousands of times.
          proceed = resolve;
          call.once('drain', resolve);
        });
      }
    }
    if (isCancelled) return;
  }
}

/** A damaged blob is set aside, so that the next upload finds it missing. */
async function* checkedPieces(blobs: CentralBlobStore, digest: Digest): AsyncGenerator<Uint8Array> {
  try {
    yield* blobs.pieces(digest);
  } catch (error) {
    await blobs.verify(digest);
    throw error;
  }
}

function digestOf(text: string) {
  const digest = digestSchema.safeParse(text);
  if (!digest.success)
    throw new OodError('invalid-input', `${JSON.stringify(text.slice(0, 80))} is no digest`);
  return digest.data;
}
