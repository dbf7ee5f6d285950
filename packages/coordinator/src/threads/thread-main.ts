import { OodError } from '@oodgrid/contract';
import { findProtocol, registerProtocol } from '@oodgrid/protocols';
import { choose } from '../merger/choose.js';
import { mergeAccuracies } from '../merger/merge-accuracies.js';
import { keyedReader } from '../merger/merge-input.js';
import { runningAuroc } from '../merger/running-auroc.js';
import { StoredResults } from '../store/stored-results.js';
import { compareJob } from './compare-job.js';
import { groupJob } from './group-job.js';
import type { JobInput, JobKind, JobOutput } from './jobs.js';
import { mergeJob } from './merge-job.js';
import { packJob } from './pack-job.js';
import type { JobReply, ThreadMessage } from './thread-pool.js';

type Job = { readonly [K in JobKind]: { readonly kind: K; readonly input: JobInput<K> } }[JobKind];

/** Databases that this thread has open, by path. */
const databases = new Map<string, StoredResults>();

function results(path: string): StoredResults {
  const known = databases.get(path);
  if (known !== undefined) return known;
  const opened = new StoredResults(path);
  databases.set(path, opened);
  return opened;
}

function work(job: Job): JobOutput<JobKind> {
  switch (job.kind) {
    case 'choose': {
      const { database, protocol, choice, series } = job.input;
      return choose(choice, findProtocol(protocol), keyedReader(series, results(database)));
    }
    case 'accuracies': {
      const { database, planned, series, cards, bootstrap } = job.input;
      return mergeAccuracies(planned, keyedReader(series, results(database)), cards, bootstrap);
    }
    case 'running': {
      const { database, protocol: name, cells, series } = job.input;
      const protocol = findProtocol(name);
      const reader = keyedReader(series, results(database));
      return cells.flatMap((cell) => runningAuroc(protocol, cell, reader) ?? []);
    }
    case 'merge':
      return mergeJob(job.input, results(job.input.database));
    case 'compare':
      return compareJob(job.input);
    case 'group-means':
      return groupJob(job.input);
    case 'pack':
      return packJob(job.input);
  }
}

/** Entry point of a thread: does one job of the pool. */
export default async function main({
  job,
  protocols,
}: ThreadMessage<Job>): Promise<JobReply<JobOutput<JobKind>>> {
  try {
    for (const { url, digest } of protocols) await registerProtocol(url, digest);
    return { value: work(job) };
  } catch (thrown) {
    const { code, message } = OodError.from(thrown);
    return { problem: { code, message } };
  }
}
