/** The streams of a process. */
export interface OutputStreams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** Codes of a reader that has gone: `| head`, a pane that was closed. It has seen what it wanted. */
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

/**
 * From here on the process outlives its streams: a reader that goes away, or a full disk under a log, ends nobody's
 * run. `onLost` is told once when what was written to stdout is lost for another reason than that nobody reads it.
 */
export function surviveLostStreams(
  onLost: (error: NodeJS.ErrnoException) => void,
  { stdout, stderr }: OutputStreams = process,
): void {
  stderr.on('error', () => undefined);
  // oclif's own listener throws what it does not know.
  stdout.removeAllListeners('error');
  let isTold = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isTold || GONE.has(error.code)) return;
    isTold = true;
    onLost(error);
  });
}
