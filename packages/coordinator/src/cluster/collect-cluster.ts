import type { SampleSet } from '@oodgrid/metrics';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { Tallies } from '../dispatch/tallies.js';
import { workerSummaries } from './summaries.js';

const REFUSED = 'refused_';

/** Collects the metrics of workers, streams and the queue. `now` is the time of the dispatcher. */
export function collectCluster(samples: SampleSet, dispatcher: Dispatcher, now: number): void {
  for (const { numericsClass: pool, status, leases } of workerSummaries(dispatcher, now)) {
    samples.add('oodgrid_leases', { pool }, leases);
    if (status === 'connected' || status === 'draining' || status === 'set aside' || status === 'lost') {
      samples.add('oodgrid_workers', { pool, state: status }, 1);
    }
  }
  for (const [pool, { slots }] of dispatcher.pools) samples.add('oodgrid_worker_places', { pool }, slots);
  const { counters } = dispatcher;
  samples.add('oodgrid_leases_expired_total', {}, counters.get('leases_expired'));
  samples.add('oodgrid_attempts_handed_back_total', {}, counters.get('tasks_handed_back'));
  samples.add('oodgrid_workers_set_aside_total', {}, counters.get('workers_set_aside'));
  samples.add('oodgrid_hints_denied_total', { how: 'dropped' }, counters.get('hints_dropped'));
  samples.add('oodgrid_hints_denied_total', { how: 'postponed' }, counters.get('hints_postponed'));
  samples.add('oodgrid_hints_republished_total', {}, counters.get('offers_republished'));
  for (const [name, count] of Object.entries(counters.all())) {
    if (name.startsWith(REFUSED)) {
      samples.add('oodgrid_refused_total', { reason: name.slice(REFUSED.length) }, count);
    }
  }
}

/** Collects the counters that go on whatever happens to the store. */
export function collectStreams(samples: SampleSet, tallies: Tallies): void {
  samples.add('oodgrid_streams_opened_total', { how: 'new' }, tallies.streams.new);
  samples.add('oodgrid_streams_opened_total', { how: 'resumed' }, tallies.streams.resumed);
  samples.add('oodgrid_stream_chunk_bytes_total', {}, tallies.chunkBytes);
  samples.add('oodgrid_stream_repeated_messages_total', {}, tallies.repeatedMessages);
  samples.add('oodgrid_store_failures_total', {}, tallies.storeFailures);
  samples.add('oodgrid_leases_renewed_total', {}, tallies.leasesRenewed);
  samples.addBuckets('oodgrid_commit_seconds', {}, tallies.commitSeconds);
  samples.addBuckets('oodgrid_commit_records', {}, tallies.commitRecords);
}
