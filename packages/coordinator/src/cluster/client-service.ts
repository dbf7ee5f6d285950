import { setImmediate } from 'node:timers/promises';
import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { OodError, parseRunSpec, quote, runIdSchema, visibleName } from '@oodgrid/contract';
import {
  ClientServiceService,
  ControlAction,
  type ControlRequest,
  type ControlResponse,
  type SubmitRequest,
  type SubmitResponse,
  type WatchRequest,
  type WatchResponse,
} from '@oodgrid/contract/wire';
import type { Tracing } from '@oodgrid/metrics';
import {
  type BlobStore,
  type GrpcService,
  isWireVersionSpoken,
  unary,
  wireVersionRefusal,
} from '@oodgrid/transport';
import type { Coordinator } from '../coordinator.js';
import type { SubmittedRecord } from '../store/journal-record.js';
import { makeWorkloadInTurns, syntheticRefused } from '../workload/make-workload.js';
import type { Collected, CollectRequest } from './collect-garbage.js';
import { requireBlobs } from './required-blobs.js';
import type { RunFeed } from './run-feed.js';
import type { RunningMetrics } from './running-metrics.js';
import { runSummary, taskDetails, workerSummaries } from './summaries.js';
import { watchRun } from './watch-run.js';

export interface ClientServiceOptions {
  readonly coordinator: Coordinator;
  readonly blobs: BlobStore;
  readonly feed: RunFeed;
  readonly running: RunningMetrics;
  readonly tracing: Tracing;
  readonly wallClock: () => Date;
  /** Told of every submission that was taken. */
  readonly onSubmitted: (run: string, name: string, isNew: boolean) => void;
  /** Whether synthetic runs are taken, which compute nothing of use and may fail on purpose: for tests. */
  readonly isSyntheticAllowed: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Messages in the queue; undefined where there is none. */
  readonly queueLength: () => Promise<number | undefined>;
  readonly collect: (request: CollectRequest) => Promise<Collected>;
}

/** The gRPC service that the command line calls. */
export function clientService(options: ClientServiceOptions): GrpcService {
  const { coordinator, feed, running, wallClock } = options;
  const summaryOf = (run: string) =>
    coordinator.read((dispatcher) => runSummary(dispatcher, run, wallClock(), running));
  return {
    definition: ClientServiceService,
    implementation: {
      submit: unary((request: SubmitRequest, _caller, traceparent) => submit(options, request, traceparent)),
      watch: ((call) =>
        watchRun(call, call.request.run, feed, () =>
          summaryOf(call.request.run),
        )) satisfies handleServerStreamingCall<WatchRequest, WatchResponse>,
      getRun: unary(async ({ run }: { run: string }) => ({
        summary: summaryOf(run),
        tasks: coordinator.read((dispatcher) => taskDetails(dispatcher, run)),
      })),
      listRuns: unary(async () => ({
        runs: coordinator
          .read((dispatcher) => [...dispatcher.runs.keys()])
          .reverse()
          .map(summaryOf),
      })),
      control: unary((request: ControlRequest) => control(coordinator, summaryOf, request)),
      listWorkers: unary(async () => ({
        workers: coordinator.read((dispatcher) => workerSummaries(dispatcher, options.now())),
      })),
      drain: unary(async ({ workerId }: { workerId: string }) => {
        await coordinator.change((dispatcher) => dispatcher.drain(workerId));
        return {};
      }),
      logs: unary(async ({ run }: { run: string }) => {
        summaryOf(run);
        return { lines: [...feed.lines(run)] };
      }),
      status: unary(async () => {
        const counters = coordinator.read((dispatcher) => {
          const stuck = [...dispatcher.runs.values()].filter((run) => dispatcher.waitsFor(run) !== '').length;
          return { ...dispatcher.counters.all(), runs_without_worker: stuck };
        });
        // Without NATS there is no telling.
        const queued = await options.queueLength().catch(() => undefined);
        return { counters: queued === undefined ? counters : { ...counters, queue_messages: queued } };
      }),
      collect: unary(async (request: CollectRequest) => {
        const { removed, unfetched, ...freed } = await options.collect(request);
        return { runs: removed.length, removed: [...removed], unfetched: [...unfetched], ...freed };
      }),
    },
  };
}

async function submit(
  { coordinator, blobs, wallClock, isSyntheticAllowed, onSubmitted, tracing }: ClientServiceOptions,
  request: SubmitRequest,
  traceparent: string | undefined,
): Promise<SubmitResponse> {
  if (!isWireVersionSpoken(request.protocol))
    throw new OodError('invalid-input', wireVersionRefusal('the client', request.protocol));
  const run = runIdSchema.safeParse(request.run);
  // One that begins with "-" would be a flag wherever somebody asks for it.
  if (!run.success || run.data.startsWith('-'))
    throw new OodError('invalid-input', `${JSON.stringify(request.run.slice(0, 80))} is no run id`);
  const spec = parseRunSpec(request.specJson);
  if (spec.kind === 'synthetic' && !isSyntheticAllowed) throw syntheticRefused();
  await requireBlobs(spec, blobs);
  const span = tracing.start('plan', traceparent, { run: run.data });
  const submitted: SubmittedRecord = {
    kind: 'submitted',
    run: run.data,
    name: nameIn(request.name, 'name'),
    at: wallClock().toISOString(),
    idempotencyKey: request.idempotencyKey === '' ? null : nameIn(request.idempotencyKey, 'key'),
    priority: Math.max(-1000, Math.min(1000, request.priority)),
    pool: request.numericsClass === '' ? null : nameIn(request.numericsClass, 'numerics class'),
    isCacheUsed: request.useCache,
    spec,
    ...(tracing.isOn ? { traceparent: span.traceparent } : {}),
  };
  let problem: string | undefined = 'it could not be planned';
  try {
    const workload = await makeWorkloadInTurns(submitted, setImmediate);
    const { run: id, isNew } = await coordinator.change((dispatcher, now) =>
      dispatcher.submit(submitted, now, workload),
    );
    problem = undefined;
    onSubmitted(id, submitted.name, isNew);
    return { run: id, isNew };
  } finally {
    span.end(problem);
  }
}

/** Names are read by people, on terminals too: refused here, whoever sends them. */
function nameIn(text: string, what: string): string {
  const name = visibleName(200).safeParse(text);
  if (name.success) return name.data;
  throw new OodError(
    'invalid-input',
    `the run's ${what} ${quote(text)} is refused: at most 200 characters, all of which can be seen`,
  );
}

async function control(
  coordinator: Coordinator,
  summaryOf: (run: string) => ReturnType<typeof runSummary>,
  { run, action, numericsClass }: ControlRequest,
): Promise<ControlResponse> {
  const tasks = await coordinator.change((dispatcher, now) => {
    switch (action) {
      case ControlAction.CONTROL_ACTION_CANCEL:
        dispatcher.cancel(run);
        return 0;
      case ControlAction.CONTROL_ACTION_PAUSE:
        dispatcher.pause(run);
        return 0;
      case ControlAction.CONTROL_ACTION_RESUME:
        dispatcher.unpause(run);
        return 0;
      case ControlAction.CONTROL_ACTION_RETRY:
        return dispatcher.retry(run);
      case ControlAction.CONTROL_ACTION_MOVE:
        if (numericsClass === '') throw new OodError('invalid-input', 'a move needs a numerics class');
        dispatcher.move(run, numericsClass.slice(0, 200), now);
        return 0;
      case ControlAction.CONTROL_ACTION_FETCHED:
        dispatcher.noteFetched(run);
        return 0;
      default:
        throw new OodError('invalid-input', `unknown action ${action}`);
    }
  });
  return { summary: summaryOf(run), tasks };
}
