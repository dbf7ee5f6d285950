import { encodeRunEvent, OodError, type RunEvent } from '@oodgrid/contract';
import type { RunSummary, WatchResponse } from '@oodgrid/contract/wire';
import { grpcStatus } from '@oodgrid/transport';
import type { RunFeed } from './run-feed.js';

/** Interval at which a watcher is told where its run stands. */
const SUMMARY_MS = 1000;
/** Updates that may wait for a watcher that does not read; beyond it events are left out. */
const MAX_WAITING = 1000;
/** A watcher that has not read anything for this time is disconnected. */
const MAX_STALL_MS = 30_000;

/** The part of a call that a watcher hears by; it writes objects. */
export interface WatchCall {
  readonly writableLength: number;
  write(update: WatchResponse): unknown;
  end(): unknown;
  emit(event: 'error', error: object): unknown;
  on(event: 'cancelled' | 'error', listener: () => void): unknown;
}

/** Events as they come, a summary every second; a watcher that is too slow misses events, then is let go. `summary` throws for a run that is not there. */
export function watchRun(call: WatchCall, run: string, feed: RunFeed, summaryOf: () => RunSummary): void {
  let stalledSince = 0;
  let isOver = false;
  const end = (error?: unknown) => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    unsubscribe();
    if (error === undefined) call.end();
    else call.emit('error', grpcStatus(OodError.from(error)));
  };
  const sendSummary = () => {
    try {
      const summary = summaryOf();
      call.write({ update: { $case: 'summary', summary } });
      if (['done', 'failed', 'cancelled'].includes(summary.status)) end();
    } catch (thrown) {
      end(thrown);
    }
  };
  const timer = setInterval(() => {
    if (call.writableLength === 0) stalledSince = 0;
    else stalledSince ||= performance.now();
    if (stalledSince > 0 && performance.now() - stalledSince > MAX_STALL_MS) {
      end(new OodError('resource-exhausted', 'the watcher does not read'));
    } else if (call.writableLength < MAX_WAITING) sendSummary();
  }, SUMMARY_MS);
  const unsubscribe = feed.subscribe(run, (event: RunEvent) => {
    if (call.writableLength < MAX_WAITING) {
      call.write({ update: { $case: 'eventJson', eventJson: encodeRunEvent(event) } });
    }
    if (event.kind === 'ended') sendSummary();
  });
  call.on('cancelled', () => end());
  call.on('error', () => end());
  sendSummary();
}
