import { type ChildProcess, spawn } from 'node:child_process';
import { CLI_BIN, ROOT } from './cli.js';

/** One process of the command line, which a test starts and stops as it likes. */
export class Process {
  readonly child: ChildProcess;
  readonly closed: Promise<number | null>;
  stderr = '';

  constructor(args: readonly string[], cacheDir: string) {
    this.child = spawn(process.execPath, [CLI_BIN, ...args], {
      cwd: ROOT,
      env: { ...process.env, OODGRID_CACHE: cacheDir },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
    this.closed = new Promise((resolve) => this.child.once('close', resolve));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await this.closed;
  }
}
