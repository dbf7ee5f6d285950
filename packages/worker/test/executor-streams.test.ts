import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SyntheticTask, sha256 } from '@oodgrid/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/executor/main.js', import.meta.url));
/** Writes lines without end, as a library does that warns. */
const CHATTER = `data:text/javascript,${encodeURIComponent(
  "setInterval(() => process.stderr.write('warning '.repeat(100)), 5);",
)}`;
const task: SyntheticTask = {
  kind: 'synthetic',
  of: 'score',
  key: sha256('key'),
  seed: 1,
  reads: [],
  rows: 3,
  milliseconds: 100,
  fault: 'none',
};

let folder: string;
let child: ChildProcess;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-executor-'));
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function start(): Promise<unknown> {
  const settings = { blobsDir: folder, cacheDir: folder, engine: 'none' };
  child = fork(MAIN, [], {
    env: { ...process.env, OODGRID_EXECUTOR: JSON.stringify(settings) },
    execArgv: ['--import', CHATTER],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  return kind('loaded');
}

/** Resolves when it says something of that kind; rejects when it ends before. */
const kind = (wanted: string) =>
  new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`ended with ${signal ?? code}`)));
    child.on('message', (list: { kind: string }[]) => {
      if (list.some((message) => message.kind === wanted)) resolve(undefined);
    });
  });

it('an executor whose lines nobody reads any more goes on computing, and ends in order with its control process', async () => {
  await start();
  child.stderr?.destroy();
  for (const token of ['a', 'b']) {
    const done = kind('done');
    child.send([{ kind: 'start', token, task }]);
    await done;
  }
  child.removeAllListeners('exit');
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  // In the middle of a task.
  child.send([{ kind: 'start', token: 'c', task: { ...task, milliseconds: 10 } }]);
  child.disconnect();
  expect(await ended).toEqual({ code: 0, signal: null });
}, 20_000);
