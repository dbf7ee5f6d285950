/** What ends a process from outside. */
export interface ShutdownSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): void;
  exit(code: number): void;
}

/**
 * A signal that aborts on the first Ctrl-C or SIGTERM: stop in order, keep what is done. The second one
 * ends the process at once.
 */
export function shutdownSignal(source: ShutdownSource = process): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) source.exit(130);
    controller.abort();
  };
  source.on('SIGINT', stop);
  source.on('SIGTERM', stop);
  return controller.signal;
}
