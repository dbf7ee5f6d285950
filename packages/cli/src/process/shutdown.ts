/** Signals that ask a process to end, and the exit codes that shells know them by. */
export const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
export type ShutdownSignal = keyof typeof SIGNAL_EXIT_CODES;

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const satisfies readonly ShutdownSignal[];

/** A source of stop requests from outside the process, such as signals. */
export interface ShutdownSource {
  on(signal: ShutdownSignal, listener: () => void): void;
  /** Ends the process at once. */
  exit(code: number, signal: ShutdownSignal): void;
}

/** Why a shutdown signal aborted; `code` is the error code of everything that stops for it. */
export class Stopped extends Error {
  readonly code = 'cancelled';
  readonly signal: ShutdownSignal;

  constructor(signal: ShutdownSignal) {
    super(`stopped by ${signal}`);
    this.name = 'AbortError';
    this.signal = signal;
  }

  get exitCode(): number {
    return SIGNAL_EXIT_CODES[this.signal];
  }
}

const thisProcess: ShutdownSource = {
  on: (signal, listener) => {
    // Node takes back that nohup(1) had hang-ups ignored; whoever started it with nohup meant that.
    if (signal === 'SIGHUP' && process.env._?.endsWith('/nohup') === true) {
      process.on(signal, () => undefined);
      return;
    }
    process.on(signal, listener);
  },
  exit: (code, signal) => {
    // A thread that hangs in a system call, as in opening a pipe that nobody writes to, would keep a plain exit
    // waiting for ever: after the other listeners of `exit` the signal itself ends the process.
    process.on('exit', () => {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
    process.exit(code);
  },
};

/** Orderly work that takes longer than this after a signal is cut off. */
const GRACE_MS = 15_000;

/**
 * A signal that aborts with `Stopped` on the first SIGINT, SIGTERM or SIGHUP: stop in order, keep what is done.
 * Another SIGINT, or `graceMs`, ends the process at once. Another SIGTERM or SIGHUP does not: schedulers send them more than once.
 */
export function shutdownSignal(source: ShutdownSource = thisProcess, graceMs = GRACE_MS): AbortSignal {
  const controller = new AbortController();
  for (const name of SIGNALS) {
    source.on(name, () => {
      const end = () => source.exit(SIGNAL_EXIT_CODES[name], name);
      if (controller.signal.aborted) {
        if (name === 'SIGINT') end();
        return;
      }
      setTimeout(end, graceMs).unref();
      controller.abort(new Stopped(name));
    });
  }
  return controller.signal;
}

/** Milliseconds for which unfinished work may keep a stopped process alive. */
const LINGER_MS = 1000;

/** To be called when a command is over: one that was stopped ends soon, whatever is still open. */
export function endIfStopped(signal: AbortSignal, source: ShutdownSource = thisProcess): void {
  const stopped: unknown = signal.reason;
  if (!(stopped instanceof Stopped)) return;
  setTimeout(() => source.exit(stopped.exitCode, stopped.signal), LINGER_MS).unref();
}

/** Rejects with the signal's reason when it aborts first; the work itself is left to itself then. */
export function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
