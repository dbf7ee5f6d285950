import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Coordinator,
  DEFAULT_LEDGER_SETTINGS,
  hashJitter,
  makeWorkload,
  nodeEnvironment,
  SqliteStore,
} from '@oodgrid/coordinator';

const NOTHING = () => undefined;
const EMPTY = { chunks: [], endedLeases: [], results: [] };
const WORK = { images: 1, forwards: 1, gradients: 0 };

/** Seconds in which a coordinator starts on a journal of so many leases and completions, and bytes a task then. */
export function replay(events) {
  const folder = mkdtempSync(join(tmpdir(), 'oodgrid-replay-'));
  const path = join(folder, 'store.db');
  try {
    const tasks = events / 2;
    writeJournal(path, tasks);
    globalThis.gc?.();
    const before = process.memoryUsage();
    const start = performance.now();
    const coordinator = new Coordinator({
      environment: nodeEnvironment,
      ledger: DEFAULT_LEDGER_SETTINGS,
      jitter: hashJitter,
      openStore: () => new SqliteStore({ path, isExclusive: true }),
      publisher: { publish: NOTHING, clear: NOTHING },
      blobs: { isThere: () => true, check: NOTHING },
      gatherMs: 0,
      makeWorkload,
      compute: NOTHING,
      merge: NOTHING,
      onEvent: NOTHING,
      onStore: NOTHING,
    });
    const seconds = (performance.now() - start) / 1000;
    const done = coordinator.read((dispatcher) => dispatcher.ledger.run('r').tasks.count('done'));
    if (done !== tasks - 1) throw new Error(`${done} of ${tasks} tasks are done after the replay`);
    globalThis.gc?.();
    const after = process.memoryUsage();
    const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    coordinator.close();
    return {
      replayedEvents: events,
      seconds: Math.round(100 * seconds) / 100,
      bytesPerTask: Math.round(bytes / tasks),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All tasks but the last are done. */
function writeJournal(path, tasks) {
  const store = new SqliteStore({ path, isExclusive: true });
  const spec = {
    kind: 'synthetic',
    seed: 1,
    fits: 0,
    sweeps: 0,
    scores: tasks,
    rows: 1,
    milliseconds: 0,
    fault: 'none',
  };
  const submitted = {
    kind: 'submitted',
    run: 'r',
    name: 'r',
    at: new Date(0).toISOString(),
    idempotencyKey: null,
    priority: 0,
    pool: 'p',
    isCacheUsed: false,
    spec,
  };
  const engine = { kind: 'none', version: '1', device: 'cpu' };
  const plan = makeWorkload(submitted).planIdentity;
  store.commit({ ...EMPTY, records: [submitted, { kind: 'pinned', run: 'r', pool: 'p', engine, plan }] });
  for (let from = 0; from < tasks - 1; from += 500) {
    const records = [];
    for (let task = from; task < Math.min(from + 500, tasks - 1); task++) {
      const ref = { run: 'r', task, attempt: 1, token: `boot-${task.toString(36)}` };
      records.push({ kind: 'leased', worker: 'w', ...ref });
      const report = { fitted: {}, work: WORK, seconds: 0.01, reusedUnits: 0, isReused: false };
      records.push({ kind: 'completed', ...ref, ...report });
    }
    store.commit({ ...EMPTY, records });
  }
  store.close();
}
