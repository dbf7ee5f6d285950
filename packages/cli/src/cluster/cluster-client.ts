import { InterceptingCall, type Interceptor, Metadata } from '@grpc/grpc-js';
import type { RunSpec } from '@oodgrid/contract';
import { decodeRunEvent, OodError, type RunEvent, type RunId } from '@oodgrid/contract';
import {
  ClientServiceClient,
  type CollectRequest,
  type CollectResponse,
  ControlAction,
  type CreateTokenRequest,
  type CreateTokenResponse,
  type GetRunResponse,
  type RunSummary,
  TokenServiceClient,
  type TokenSummary,
  type WatchResponse,
  type WorkerSummary,
} from '@oodgrid/contract/wire';
import {
  type Endpoint,
  endpointOf,
  fromGrpcStatus,
  GRPC_OPTIONS,
  OLDEST_WIRE_VERSION,
} from '@oodgrid/transport';
import pRetry from 'p-retry';

export interface SubmitOptions {
  readonly run: RunId;
  readonly name: string;
  readonly idempotencyKey: string;
  readonly priority: number;
  readonly numericsClass: string;
  readonly isCacheUsed: boolean;
  readonly spec: RunSpec;
}

type Callback<T> = (error: Error | null, response: T) => void;

/** A coordinator answers within a fraction of a second; planning the largest grids takes it some seconds. */
const ANSWER_MS = 60_000;
const withDeadline: Interceptor = (options, nextCall) =>
  new InterceptingCall(
    nextCall(
      options.method_definition.responseStream ? options : { ...options, deadline: Date.now() + ANSWER_MS },
    ),
  );

/** Client of a coordinator: one method per call. Every call throws OodError with the coordinator's code. */
export class ClusterClient {
  readonly endpoint: Endpoint;
  readonly #client: ClientServiceClient;
  readonly #tokens: TokenServiceClient;

  constructor(coordinator: Endpoint | string) {
    this.endpoint = endpointOf(coordinator);
    const { address, credentials, interceptors } = this.endpoint;
    const options = { ...GRPC_OPTIONS, interceptors: [...interceptors, withDeadline] };
    this.#client = new ClientServiceClient(address, credentials, options);
    this.#tokens = new TokenServiceClient(address, credentials, options);
  }

  get address(): string {
    return this.endpoint.address;
  }

  /** `traceparent`: trace context that the run belongs to; empty: none. */
  async submit(
    options: SubmitOptions,
    traceparent = '',
  ): Promise<{ readonly run: string; readonly isNew: boolean }> {
    const { isCacheUsed, spec, ...rest } = options;
    const request = {
      ...rest,
      protocol: OLDEST_WIRE_VERSION,
      useCache: isCacheUsed,
      specJson: Buffer.from(JSON.stringify(spec)),
    };
    const metadata = new Metadata();
    if (traceparent !== '') metadata.set('traceparent', traceparent);
    return this.#ask((done) => this.#client.submit(request, metadata, done));
  }

  show(run: string): Promise<GetRunResponse> {
    return this.#ask((done) => this.#client.getRun({ run }, done));
  }

  async runs(): Promise<readonly RunSummary[]> {
    const { runs } = await this.#ask<{ runs: RunSummary[] }>((done) => this.#client.listRuns({}, done));
    return runs;
  }

  async control(
    run: string,
    action: ControlAction,
    numericsClass = '',
  ): Promise<{ readonly summary: RunSummary; readonly tasks: number }> {
    const { summary, tasks } = await this.#ask<{ summary?: RunSummary | undefined; tasks: number }>((done) =>
      this.#client.control({ run, action, numericsClass }, done),
    );
    if (summary === undefined) throw new OodError('internal', 'the coordinator gave no summary');
    return { summary, tasks };
  }

  async workers(): Promise<readonly WorkerSummary[]> {
    const { workers } = await this.#ask<{ workers: WorkerSummary[] }>((done) =>
      this.#client.listWorkers({}, done),
    );
    return workers;
  }

  async drain(workerId: string): Promise<void> {
    await this.#ask((done) => this.#client.drain({ workerId }, done));
  }

  async logs(run: string): Promise<readonly string[]> {
    const { lines } = await this.#ask<{ lines: string[] }>((done) => this.#client.logs({ run }, done));
    return lines;
  }

  async counters(): Promise<Readonly<Record<string, number>>> {
    const { counters } = await this.#ask<{ counters: Record<string, number> }>((done) =>
      this.#client.status({}, done),
    );
    return counters;
  }

  /** Tells that the results of a run lie here, so that it may be collected. */
  async fetched(run: string): Promise<void> {
    await this.control(run, ControlAction.CONTROL_ACTION_FETCHED);
  }

  collect(request: CollectRequest): Promise<CollectResponse> {
    return this.#ask((done) => this.#client.collect(request, done));
  }

  createToken(request: CreateTokenRequest): Promise<CreateTokenResponse> {
    return this.#ask((done) => this.#tokens.createToken(request, done));
  }

  async tokens(): Promise<readonly TokenSummary[]> {
    const { tokens } = await this.#ask<{ tokens: TokenSummary[] }>((done) =>
      this.#tokens.listTokens({}, done),
    );
    return tokens;
  }

  async revokeToken(id: string): Promise<TokenSummary> {
    const { summary } = await this.#ask<{ summary?: TokenSummary | undefined }>((done) =>
      this.#tokens.revokeToken({ id }, done),
    );
    if (summary === undefined) throw new OodError('internal', 'the coordinator gave no summary');
    return summary;
  }

  /** Follows a run to its end, over restarts of the coordinator. Throws `cancelled` when the signal aborts. */
  async watch(
    run: string,
    signal: AbortSignal,
    onEvent: (event: RunEvent) => void,
    onSummary: (summary: RunSummary) => void,
    onLost: (error: OodError) => void,
  ): Promise<RunSummary> {
    const isPassing = ({ code }: OodError) => code === 'unavailable' || code === 'resource-exhausted';
    try {
      return await pRetry(() => this.#watchOnce(run, signal, onEvent, onSummary), {
        ...RETRIES,
        signal,
        shouldRetry: ({ error }) => isPassing(OodError.from(error)),
        onFailedAttempt: ({ error }) => {
          if (!signal.aborted && isPassing(OodError.from(error))) onLost(OodError.from(error));
        },
      });
    } catch (thrown) {
      throw signal.aborted ? new OodError('cancelled', `stopped watching; run ${run} goes on`) : thrown;
    }
  }

  /** Follows a run as long as the coordinator answers. Throws `unavailable` when it stops before the run does. */
  async #watchOnce(
    run: string,
    signal: AbortSignal,
    onEvent: (event: RunEvent) => void,
    onSummary: (summary: RunSummary) => void,
  ): Promise<RunSummary> {
    let last: RunSummary | undefined;
    const call = this.#client.watch({ run });
    const abort = () => call.cancel();
    signal.addEventListener('abort', abort, { once: true });
    try {
      for await (const { update } of call as AsyncIterable<WatchResponse>) {
        const event = update?.$case === 'eventJson' ? decodeRunEvent(update.eventJson) : null;
        if (event !== null) onEvent(event);
        if (update?.$case !== 'summary') continue;
        last = update.summary;
        onSummary(last);
      }
    } catch (thrown) {
      throw fromGrpcStatus(thrown, this.address);
    } finally {
      signal.removeEventListener('abort', abort);
    }
    if (last !== undefined && isOver(last)) return last;
    throw new OodError('unavailable', `${this.address}: the coordinator stopped`);
  }

  close(): void {
    this.#client.close();
    this.#tokens.close();
  }

  #ask<T>(call: (done: Callback<T>) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      call((error, response) => {
        if (error === null) resolve(response);
        else reject(fromGrpcStatus(error, this.address));
      });
    });
  }
}

/** A coordinator that is started again is there within seconds. */
const RETRIES = { retries: Number.POSITIVE_INFINITY, minTimeout: 250, maxTimeout: 2000 };

const isOver = ({ status }: RunSummary): boolean =>
  status === 'done' || status === 'failed' || status === 'cancelled';
