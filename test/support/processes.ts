import { execa } from 'execa';
import { CLI_BIN, ROOT } from './cli.js';

/** Starts the command line for a test that stops it as it likes; only what it writes to standard error is read. */
export const startCli = (
  args: readonly string[],
  cacheDir: string,
  env: Readonly<Record<string, string>> = {},
) =>
  execa(process.execPath, [CLI_BIN, ...args], {
    cwd: ROOT,
    env: { ...env, OODGRID_CACHE: cacheDir },
    stdio: ['ignore', 'ignore', 'pipe'],
    buffer: false,
    reject: false,
  });

/** One process of the command line, which a test starts and stops as it likes. */
export class Process {
  readonly child: ReturnType<typeof startCli>;
  readonly closed: Promise<number | null>;
  stderr = '';

  constructor(args: readonly string[], cacheDir: string, env: Readonly<Record<string, string>> = {}) {
    this.child = startCli(args, cacheDir, env);
    this.child.stderr.on('data', (data) => {
      this.stderr += data;
    });
    this.closed = this.child.then(({ exitCode }) => exitCode ?? null);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal);
    await this.closed;
  }
}
