import { join } from 'node:path';
import { Flags } from '@oclif/core';
import { visibleLines } from '@oodgrid/contract';
import getPort from 'get-port';
import { type GuardedProcess, startGuarded, startSelfGuarded } from '../cluster/guarded-process.js';
import { findNatsServer, natsArgs } from '../cluster/nats-server.js';
import { SupervisedProcess } from '../cluster/supervised-process.js';
import { cliContext } from '../context.js';
import { OodCommand } from '../ood-command.js';
import { requireCache, requireWritable } from '../output/writable-folder.js';
import { unlessStopped } from '../process/shutdown.js';

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
    const natsPort = await getPort({ host: '127.0.0.1' });
    const nats = `127.0.0.1:${natsPort}`;
    const coordinator = `127.0.0.1:${flags.port}`;
    const program = findNatsServer(cacheDir);
    const members: SupervisedProcess[] = [];
    const supervised: Promise<void>[] = [];
    /** Adds a member; resolves when it has written what matches, at once without that. */
    const add = async (name: string, start: () => GuardedProcess, ready?: RegExp) => {
      const member = new SupervisedProcess({
        name,
        start,
        // The server's own log is long; it matters only when the server ends.
        onText: (text) => (name === 'nats-server' ? undefined : write(text, name)),
        say: (line) => write(`${line}\n`),
      });
      members.push(member);
      if (ready !== undefined) await member.said(ready);
      const ended = member.supervise();
      // It may come to nothing while others are still being started.
      ended.catch(() => undefined);
      supervised.push(ended);
    };
    try {
      const natsDir = join(storeDir, 'nats');
      await add('nats-server', () => startGuarded(program, natsArgs(natsDir, natsPort)), /Server is ready/);
      const serve = ['serve', '--listen', coordinator, '--nats', nats, '--store', storeDir];
      await add('coordinator', () => startSelfGuarded(serve), /coordinator listens/);
      for (let i = 1; i <= flags.workers; i++) {
        const args = ['worker', '--coordinator', coordinator, '--nats', nats, '--id', `worker-${i}`];
        await add(`worker-${i}`, () => startSelfGuarded(args));
      }
      write(`a cluster of ${flags.workers} workers is up; submit to it, Ctrl-C ends it:\n`);
      write(`  ood-cli submit grid.yaml --coordinator ${coordinator}\n`);
      await unlessStopped(signal, Promise.all(supervised)).catch((thrown: unknown) => {
        if (!signal.aborted) throw thrown;
      });
    } finally {
      // Workers first: they hand their tasks back.
      for (const member of members.reverse()) await member.stop();
    }
  }
}

/** Lines of a member carry its name. */
function write(text: string, name = ''): void {
  process.stderr.write(
    name === '' ? visibleLines(text) : visibleLines(text).replaceAll(/^(?=.)/gm, `${name}  `),
  );
}
