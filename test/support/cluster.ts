import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { findNatsServer, startNatsServer } from 'ood-cli';
import { startCli } from './processes.js';

export interface TestClusterOptions {
  readonly folder: string;
  readonly cacheDir: string;
  readonly workers: number;
  readonly leaseSeconds: number;
  /** Address that workers are given instead of the coordinator's. */
  readonly workerAddress?: (coordinatorPort: number) => Promise<string>;
  readonly workerArgs?: readonly string[];
  /** More arguments, by the worker's number. */
  readonly argsOfWorker?: (worker: number) => readonly string[];
  readonly serveArgs?: readonly string[];
  /** Without a NATS server: workers ask the coordinator itself. */
  readonly isQueueless?: boolean;
  /** More variables of the coordinator. */
  readonly serveEnv?: Readonly<Record<string, string>>;
  /** Configuration of a NATS server whose links have TLS. */
  readonly natsConfig?: string;
}

type Child =
  | ReturnType<typeof startCli>
  | ReturnType<typeof startNatsServer>
  | ReturnType<typeof startSecuredNats>;

const startSecuredNats = (program: string, config: string, port: number) =>
  execa(program, ['-c', config, '-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    buffer: false,
    reject: false,
  });

/** A process that is started again whenever it ends, until the cluster is closed. */
class Supervised {
  readonly #start: () => Child;
  #child: Child;
  #isClosed = false;
  #isDown = false;
  text = '';
  starts = 0;

  constructor(start: () => Child) {
    this.#start = start;
    this.#child = this.#spawn();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Kills it; it stays away until `up`. */
  async down(): Promise<void> {
    this.#isDown = true;
    this.#child.kill('SIGKILL');
    await this.#child;
  }

  up(): void {
    this.#isDown = false;
    this.#child = this.#spawn();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGKILL');
    await this.#child;
  }

  #spawn(): Child {
    this.starts++;
    const child = this.#start();
    child.stderr.on('data', (data) => {
      this.text = (this.text + data).slice(-20_000);
    });
    child.once('exit', () => {
      if (!this.#isClosed && !this.#isDown) this.#child = this.#spawn();
    });
    return child;
  }
}

/** Real processes on this machine: nats-server, coordinator, workers; all come back when they are killed. */
export class TestCluster {
  readonly coordinatorAddress: string;
  readonly natsAddress: string;
  readonly storeDir: string;
  readonly workers: readonly Supervised[];
  readonly coordinator: Supervised;
  /** Null where there is no queue. */
  readonly nats: Supervised | null;
  readonly #natsDir: string;

  private constructor(
    options: TestClusterOptions,
    natsPort: number,
    coordinatorPort: number,
    workerAddress: string,
  ) {
    const { folder, cacheDir, workers, leaseSeconds, workerArgs = [], serveArgs = [] } = options;
    const { isQueueless = false, natsConfig } = options;
    const whereNats = natsConfig === undefined ? `127.0.0.1:${natsPort}` : `tls://localhost:${natsPort}`;
    this.natsAddress = isQueueless ? 'none' : whereNats;
    this.coordinatorAddress = `127.0.0.1:${coordinatorPort}`;
    this.storeDir = join(folder, 'store');
    this.#natsDir = join(folder, 'nats');
    mkdirSync(this.#natsDir, { recursive: true });
    const program = findNatsServer(cacheDir);
    const startNats = () =>
      natsConfig === undefined
        ? startNatsServer(program, this.#natsDir, natsPort)
        : startSecuredNats(program, natsConfig, natsPort);
    this.nats = isQueueless ? null : new Supervised(startNats);
    const cli = (args: readonly string[]) => startCli(args, cacheDir);
    const lease = ['--lease', String(leaseSeconds), '--max-losses', '255'];
    const serve = [
      'serve',
      '--synthetic',
      '--listen',
      this.coordinatorAddress,
      '--nats',
      this.natsAddress,
      '--store',
      this.storeDir,
    ];
    this.coordinator = new Supervised(() =>
      startCli([...serve, ...lease, ...serveArgs], cacheDir, options.serveEnv),
    );
    this.workers = Array.from({ length: workers }, (_, i) => {
      const args = ['worker', '--coordinator', workerAddress, '--nats', this.natsAddress, '--id', `w${i}`];
      return new Supervised(() => cli([...args, ...workerArgs, ...(options.argsOfWorker?.(i) ?? [])]));
    });
  }

  static async start(options: TestClusterOptions): Promise<TestCluster> {
    const natsPort = await getPort({ host: '127.0.0.1' });
    const coordinatorPort = await getPort({ host: '127.0.0.1' });
    const address = await options.workerAddress?.(coordinatorPort);
    return new TestCluster(options, natsPort, coordinatorPort, address ?? `127.0.0.1:${coordinatorPort}`);
  }

  /** The queue comes back and knows nothing. */
  wipeNats(): void {
    this.nats?.kill('SIGKILL');
    rmSync(this.#natsDir, { recursive: true, force: true });
    mkdirSync(this.#natsDir, { recursive: true });
  }

  async close(): Promise<void> {
    await Promise.all([...this.workers, this.coordinator].map((one) => one.close()));
    await this.nats?.close();
  }
}
