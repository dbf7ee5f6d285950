import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Log, OodError } from '@oodgrid/contract';
import { AwsV4Signer } from 'aws4fetch';
import pRetry from 'p-retry';
import type { S3Credentials } from './s3-credentials.js';
import { refusal, S3Error, type S3Request, unreachable } from './s3-error.js';
import { type S3Location, s3Text, within } from './s3-location.js';
import type { S3Settings } from './s3-settings.js';
import { element, elements } from './s3-xml.js';

/** What S3 takes in one request. The blobs of a coordinator are smaller. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;
/** Time for which neither side says anything after which a request is given up. */
const STALL_MS = 30_000;

export interface S3BucketOptions {
  readonly location: S3Location;
  readonly settings: S3Settings;
  /** Asked for each request: keys may be replaced meanwhile. */
  readonly credentials: () => S3Credentials;
  /** Milliseconds for which requests that fail are made again, with longer and longer pauses. */
  readonly patienceMs: number;
  readonly log: Log;
}

export interface S3Object {
  /** Without the prefix of the bucket's location. */
  readonly key: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

interface Sent {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: {
    readonly bytes: number;
    readonly sha256: string;
    readonly pieces: () => AsyncIterable<Uint8Array>;
  };
}

/**
 * Objects of a bucket below a prefix, by requests that are made again while the server fails. Whatever is wrong with the server or
 * the settings is `unavailable`: `not-found` means that an object is not there.
 */
export class S3Bucket {
  readonly #options: S3BucketOptions;
  /** The settings were right once: what is refused now may be taken later, when somebody has seen to it. */
  #wasWell = false;
  #isDown = false;

  constructor(options: S3BucketOptions) {
    this.#options = options;
  }

  /** The place as users write it. */
  get where(): string {
    return s3Text(this.#options.location);
  }

  /** The objects below a folder of the keys. */
  under(folder: string): S3Bucket {
    const below = new S3Bucket({ ...this.#options, location: within(this.#options.location, folder) });
    below.#wasWell = this.#wasWell;
    return below;
  }

  /** Finds out, by writing, reading and deleting an object, whether it can be used. Throws what is wrong. */
  async check(): Promise<void> {
    const key = `.probe-${process.pid}-${Date.now()}`;
    const text = new TextEncoder().encode('ood-grid');
    // A list is answered with the reason for a refusal; a question for one object is not.
    await this.#answer('GET', '', {
      query: { 'list-type': '2', 'max-keys': '1', prefix: this.#options.location.prefix },
    });
    await this.putIfAbsent(key, text);
    for await (const piece of this.read(key)) {
      if (Buffer.compare(piece, text) !== 0)
        throw new OodError('unavailable', `${this.where}: gives back other bytes than were written`);
    }
    await this.remove(key);
    this.#wasWell = true;
  }

  /** SHA-256 that the server keeps of an object, where it keeps one (`null`: not); undefined without such an object. */
  async head(key: string): Promise<{ readonly bytes: number; readonly sha256: string | null } | undefined> {
    const response = await this.#answer('HEAD', key, { headers: { 'x-amz-checksum-mode': 'ENABLED' } }).catch(
      unlessMissing,
    );
    if (response === undefined) return undefined;
    const checksum = response.headers.get('x-amz-checksum-sha256');
    const sha256 = checksum === null ? null : Buffer.from(checksum, 'base64').toString('hex');
    return { bytes: Number(response.headers.get('content-length')), sha256 };
  }

  /** An object's bytes; a connection that breaks is made again and goes on from there. */
  async *read(key: string): AsyncGenerator<Uint8Array> {
    let from = 0;
    let body: AsyncGenerator<Uint8Array> | undefined;
    const next = () =>
      this.#patiently(async () => {
        try {
          body ??= await this.#open(key, from);
          return await body.next();
        } catch (thrown) {
          body = undefined;
          throw thrown;
        }
      });
    try {
      for (let got = await next(); got.done !== true; got = await next()) {
        from += got.value.byteLength;
        yield got.value;
      }
    } finally {
      await body?.return(undefined);
    }
  }

  /** The text of a small object. */
  async text(key: string): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.read(key)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  }

  /** False, and nothing is written, where there is such an object already. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.#put(key, bodyOf(bytes), true);
  }

  /** Writes an object, or another in its place. */
  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#put(key, bodyOf(bytes), false);
  }

  /** As `putIfAbsent`, from a file with that SHA-256: the server checks it. */
  async putFileIfAbsent(key: string, file: string, sha256: string): Promise<boolean> {
    const { size: bytes } = await stat(file).catch((thrown: unknown) => {
      throw OodError.from(thrown);
    });
    if (bytes > MAX_PUT_BYTES) {
      throw new OodError(
        'resource-exhausted',
        `${file}: ${bytes} bytes are more than one request to S3 may carry (${MAX_PUT_BYTES}): use a folder instead`,
      );
    }
    return this.#put(
      key,
      { bytes, sha256, pieces: () => createReadStream(file, { highWaterMark: 1024 ** 2 }) },
      true,
    );
  }

  /** Every object below the prefix. */
  async *list(): AsyncGenerator<S3Object> {
    const { prefix } = this.#options.location;
    let token: string | undefined;
    do {
      const query = {
        'list-type': '2',
        prefix,
        ...(token === undefined ? {} : { 'continuation-token': token }),
      };
      const response = await this.#answer('GET', '', { query });
      const page = await response.text();
      for (const content of elements(page, 'Contents')) {
        const key = element(content, 'Key') ?? '';
        if (!key.startsWith(prefix)) continue;
        const modifiedMs = Date.parse(element(content, 'LastModified') ?? '');
        yield { key: key.slice(prefix.length), bytes: Number(element(content, 'Size')), modifiedMs };
      }
      token = element(page, 'IsTruncated') === 'true' ? element(page, 'NextContinuationToken') : undefined;
    } while (token !== undefined);
  }

  /** No error when it is not there. */
  async remove(key: string): Promise<void> {
    await this.#answer('DELETE', key).catch(unlessMissing);
  }

  async #put(key: string, body: NonNullable<Sent['body']>, isIfAbsent: boolean): Promise<boolean> {
    const headers = {
      'content-length': String(body.bytes),
      'x-amz-checksum-sha256': Buffer.from(body.sha256, 'hex').toString('base64'),
      ...(isIfAbsent ? { 'if-none-match': '*' } : {}),
    };
    try {
      await this.#answer('PUT', key, { headers, body });
      return true;
    } catch (thrown) {
      if (isIfAbsent && thrown instanceof S3Error && thrown.status === 412) return false;
      throw thrown;
    }
  }

  /** The rest of an object. */
  async #open(key: string, from: number): Promise<AsyncGenerator<Uint8Array>> {
    const stall = new Stall();
    const response = await this.#send(
      'GET',
      key,
      from === 0 ? {} : { headers: { range: `bytes=${from}-` } },
      stall,
    ).catch((thrown: unknown) => {
      // Everything had come before the connection broke.
      if (thrown instanceof S3Error && thrown.status === 416) return null;
      throw thrown;
    });
    return bodyPieces(response, stall, (thrown) => unreachable(thrown, this.#request()));
  }

  /** An answer whose body is short or empty. */
  #answer(method: string, key: string, sent: Sent = {}): Promise<Response> {
    return this.#patiently(async () => {
      const stall = new Stall();
      try {
        return await this.#send(method, key, sent, stall);
      } finally {
        stall.end();
      }
    });
  }

  async #send(
    method: string,
    key: string,
    { query = {}, headers = {}, body }: Sent,
    stall: Stall,
  ): Promise<Response> {
    const { location, settings } = this.#options;
    const { source, ...credentials } = this.#options.credentials();
    const url = new URL(
      `${settings.endpoint}/${location.bucket}${key === '' ? '' : `/${location.prefix}${key}`}`,
    );
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const signed = await new AwsV4Signer({
      ...{ method, url: url.href, service: 's3', region: settings.region, ...credentials },
      headers: { 'x-amz-content-sha256': body?.sha256 ?? EMPTY_SHA256, ...headers },
    }).sign();
    stall.restart();
    const response = await fetch(signed.url, {
      ...{ method, headers: signed.headers, redirect: 'manual', signal: stall.signal },
      ...(body === undefined || body.bytes === 0
        ? {}
        : { body: watched(body.pieces(), stall), duplex: 'half' }),
    }).catch((thrown: unknown) => {
      throw unreachable(thrown, this.#request(source));
    });
    if (!response.ok) throw await refusal(response, this.#request(source));
    return response;
  }

  #request(source = ''): S3Request {
    const { location, settings } = this.#options;
    return { ...settings, bucket: location.bucket, where: this.where, source };
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const { patienceMs, log } = this.#options;
    const result = await pRetry(work, {
      ...{ retries: Number.POSITIVE_INFINITY, minTimeout: 200, maxTimeout: 10_000, maxRetryTime: patienceMs },
      shouldRetry: ({ error }) =>
        error instanceof S3Error &&
        (error.isTransient || (this.#wasWell && error.code === 'unavailable' && error.status !== 412)),
      onFailedAttempt: ({ error }) => {
        if (
          !this.#wasWell ||
          this.#isDown ||
          !(error instanceof S3Error) ||
          error.code !== 'unavailable' ||
          error.status === 412
        )
          return;
        this.#isDown = true;
        log(`${error.message}; trying again`, { level: 'error' });
      },
    });
    if (this.#isDown) log(`${this.where} is back`);
    this.#isDown = false;
    return result;
  }
}

const EMPTY_SHA256 = createHash('sha256').digest('hex');

function bodyOf(bytes: Uint8Array): NonNullable<Sent['body']> {
  return {
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    pieces: async function* () {
      yield bytes;
    },
  };
}

function unlessMissing(thrown: unknown): undefined {
  if (OodError.from(thrown).code !== 'not-found') throw thrown;
}

/** Aborts a request on which nothing moves. */
class Stall {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.end();
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error(`nothing came for ${STALL_MS / 1000} s`)),
      STALL_MS,
    );
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

async function* watched(pieces: AsyncIterable<Uint8Array>, stall: Stall): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    stall.restart();
    yield piece;
  }
  stall.restart();
}

/** Pieces of an answer as they are asked for; how long the reader takes over each is its own affair. */
async function* bodyPieces(
  response: Response | null,
  stall: Stall,
  failure: (thrown: unknown) => S3Error,
): AsyncGenerator<Uint8Array> {
  stall.end();
  if (response?.body == null) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      stall.restart();
      const { done, value } = await reader.read().catch((thrown: unknown) => {
        throw failure(thrown);
      });
      stall.end();
      if (done) return;
      yield value;
    }
  } finally {
    stall.end();
    await reader.cancel().catch(() => undefined);
  }
}
