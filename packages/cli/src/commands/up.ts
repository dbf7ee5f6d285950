import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Flags } from '@oclif/core';
import { OodError, visibleLines } from '@oodgrid/protocol';
import { freePort } from '../cluster/free-port.js';
import { findNatsServer, startNatsServer } from '../cluster/nats-server.js';
import { cliContext } from '../context.js';
import { OodCommand } from '../ood-command.js';
import { requireCache, requireWritable } from '../output/writable-folder.js';

export default class Up extends OodCommand {
  static override enableJsonFlag = false;
  static override description =
    'Run a whole cluster on this machine, to try things out: NATS server, coordinator and workers';
  static override examples = [
    '<%= config.bin %> up --workers 2',
    '<%= config.bin %> submit grid.yaml --coordinator 127.0.0.1:7433',
  ];
  static override flags = {
    workers: Flags.integer({ description: 'workers', default: 2, min: 1, max: 64 }),
    port: Flags.integer({
      description: 'port of the coordinator on the loopback address',
      default: 7433,
      min: 1,
      max: 65_535,
    }),
    store: Flags.string({ description: 'folder of the cluster (default: in the cache folder)' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Up);
    const signal = this.shutdownSignal(60_000);
    const { cacheDir } = cliContext([]);
    const storeDir = flags.store ?? join(cacheDir, 'up');
    await requireCache(cacheDir);
    await requireWritable(storeDir, "the cluster's folder", 'give another --store');
    const natsPort = await freePort();
    const nats = `127.0.0.1:${natsPort}`;
    const coordinator = `127.0.0.1:${flags.port}`;
    const children: Child[] = [
      new Child('nats-server', startNatsServer(findNatsServer(cacheDir), join(storeDir, 'nats'), natsPort)),
    ];
    try {
      await children[0]?.said(/Server is ready/);
      const serve = ['serve', '--listen', coordinator, '--nats', nats, '--store', storeDir];
      children.push(new Child('coordinator', oodCli(serve)));
      await children[1]?.said(/coordinator listens/);
      for (let i = 1; i <= flags.workers; i++) {
        const args = ['worker', '--coordinator', coordinator, '--nats', nats, '--id', `worker-${i}`];
        children.push(new Child(`worker-${i}`, oodCli(args)));
      }
      process.stderr.write(`a cluster of ${flags.workers} workers is up; submit to it, Ctrl-C ends it:\n`);
      process.stderr.write(`  ood-cli submit grid.yaml --coordinator ${coordinator}\n`);
      await Promise.race([
        new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
        Promise.race(children.map((child) => child.ended())),
      ]);
    } finally {
      // Workers first: they hand their tasks back.
      for (const child of [...children].reverse()) await child.stop();
    }
  }
}

/** This program with other arguments. */
function oodCli(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [process.argv[1] ?? '', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
}

const GRACE_MS = 15_000;
const START_MS = 30_000;

/** One process of the cluster; what it writes is shown with its name. */
class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #closed: Promise<void>;
  #text = '';

  constructor(name: string, child: ChildProcess) {
    // However this process ends, its cluster does not outlive it.
    process.once('exit', () => child.kill('SIGKILL'));
    this.#name = name;
    this.#process = child;
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    child.stderr?.on('data', (data: Buffer) => {
      const text = data.toString();
      this.#text = (this.#text + text).slice(-10_000);
      // The server's own log is long; it matters only when the server ends.
      if (name !== 'nats-server')
        process.stderr.write(visibleLines(text).replaceAll(/^(?=.)/gm, `${name}  `));
    });
  }

  /** Resolves when it has written what matches. */
  async said(pattern: RegExp): Promise<void> {
    const until = performance.now() + START_MS;
    while (!pattern.test(this.#text)) {
      if (this.#process.exitCode !== null || performance.now() > until) throw this.#problem();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Rejects when it ends by itself. */
  async ended(): Promise<void> {
    await this.#closed;
    throw this.#problem();
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), GRACE_MS);
    this.#process.kill('SIGTERM');
    await this.#closed;
    clearTimeout(timer);
  }

  #problem(): OodError {
    return new OodError('unavailable', `${this.#name} has ended:\n${this.#text.trim().slice(-2000)}`);
  }
}
