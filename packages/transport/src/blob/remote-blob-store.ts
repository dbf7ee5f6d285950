import { createHash } from 'node:crypto';
import { type Digest, OodError, sha256 } from '@oodgrid/contract';
import { BlobServiceClient } from '@oodgrid/contract/wire';
import { type Endpoint, endpointOf } from '../access/endpoint.js';
import { GRPC_OPTIONS } from '../grpc/grpc-server.js';
import { fromGrpcStatus } from '../grpc/grpc-status.js';
import type { BlobStore } from '../ports.js';

const PIECE_BYTES = 256 * 1024;

/** The coordinator's blob store, from another machine. */
export class RemoteBlobStore implements BlobStore {
  readonly #find: () => Endpoint;
  #connection: { readonly address: string; readonly client: BlobServiceClient } | undefined;

  /** `find` says where the coordinator is now: it may move. */
  constructor(find: Endpoint | string | (() => Endpoint)) {
    this.#find = typeof find === 'function' ? find : () => endpointOf(find);
  }

  get #address(): string {
    return this.#connected.address;
  }

  get #client(): BlobServiceClient {
    return this.#connected.client;
  }

  get #connected(): { readonly address: string; readonly client: BlobServiceClient } {
    const { address, credentials, interceptors } = this.#find();
    if (this.#connection?.address === address) return this.#connection;
    this.#connection?.client.close();
    const client = new BlobServiceClient(address, credentials, {
      ...GRPC_OPTIONS,
      interceptors: [...interceptors],
    });
    this.#connection = { address, client };
    return this.#connection;
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = sha256(bytes);
    if (await this.has(digest)) return digest;
    await new Promise<void>((resolve, reject) => {
      const call = this.#client.put((error) => {
        if (error === null) resolve();
        else reject(fromGrpcStatus(error, this.#address));
      });
      call.on('error', () => undefined);
      const write = async () => {
        for (let from = 0; from === 0 || from < bytes.length; from += PIECE_BYTES) {
          const data = Buffer.from(bytes.subarray(from, from + PIECE_BYTES));
          const isRoom = call.write({ digest: from === 0 ? digest : '', data });
          if (!isRoom) await new Promise((proceed) => call.once('drain', proceed));
        }
        call.end();
      };
      write().catch(reject);
    });
    return digest;
  }

  async get(digest: Digest): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.pieces(digest)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** As `get`, piece by piece as they come; `corrupt-data` may come after the last one. */
  async *pieces(digest: Digest): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    try {
      for await (const { data } of this.#client.get({ digest })) {
        hash.update(data);
        yield data;
      }
    } catch (thrown) {
      throw fromGrpcStatus(thrown, this.#address);
    }
    const got = hash.digest('hex');
    if (got !== digest) throw new OodError('corrupt-data', `blob ${digest} arrived with digest ${got}`);
  }

  async has(digest: Digest): Promise<boolean> {
    const missing = await new Promise<readonly string[]>((resolve, reject) => {
      this.#client.missing({ digests: [digest] }, (error, response) => {
        if (error === null) resolve(response.digests);
        else reject(fromGrpcStatus(error, this.#address));
      });
    });
    return missing.length === 0;
  }

  close(): void {
    this.#connection?.client.close();
  }
}
