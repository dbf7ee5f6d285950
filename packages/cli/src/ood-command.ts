import { Args, Command, Errors, Flags } from '@oclif/core';
import { EXIT_CODES, OodError, visibleJson, visibleLines } from '@oodgrid/contract';
import { inChunks } from './output/in-chunks.js';
import { jsonPieces } from './output/json-pieces.js';
import { surviveLostStreams } from './process/lost-streams.js';
import { endIfStopped, Stopped, shutdownSignal } from './process/shutdown.js';
import { wrongUsage } from './usage/wrong-usage.js';

/** Flags of every command that reads data sets. */
export const dataDirFlag = Flags.string({
  description: 'folder in which data sets are looked for first (repeatable; also OODGRID_DATA)',
  multiple: true,
  multipleNonGreedy: true,
  default: [],
});

export const gridArg = Args.string({
  description: 'grid file (yaml), or - for standard input',
  required: true,
});

/** Flag of every command that reads a grid. */
export const setFlag = Flags.string({
  description: 'replace a value of the grid: key=value, for example options.slice=512 (repeatable)',
  multiple: true,
  multipleNonGreedy: true,
  default: [],
});

/** Flag of every command that reads a grid. */
export const protocolFlag = Flags.string({
  description:
    'file of a protocol that the grid may name, for runs on this machine: --protocol ./mine.mjs (repeatable)',
  multiple: true,
  multipleNonGreedy: true,
  default: [],
});

/** Flag of every command that reads a grid or shows methods. */
export const methodFlag = Flags.string({
  description:
    'file of a method beside the catalog, for runs on this machine: --method ./mine.mjs (repeatable)',
  multiple: true,
  multipleNonGreedy: true,
  default: [],
});

/** Flag of every command that reads a grid. */
export const modelSourceFlag = Flags.string({
  description:
    'file of a source of models that the grid may name, for runs on this machine: --model-source ./mine.mjs (repeatable)',
  multiple: true,
  multipleNonGreedy: true,
  default: [],
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: what our own bold begins and ends with.
const BOLD = /(\u001b\[1m|\u001b\[22m)/;

const neutral = (text: string): string =>
  text
    .split(BOLD)
    .map((part) => (BOLD.test(part) ? part : visibleLines(part)))
    .join('');

/**
 * Parent of every command: results to stdout (with --json as one JSON document), everything else to
 * stderr, errors with the exit code of their kind.
 */
export abstract class OodCommand extends Command {
  static override enableJsonFlag = true;
  #shutdown: AbortSignal | undefined;

  protected override async init(): Promise<void> {
    surviveLostStreams((cause) => {
      const { code, message } = OodError.from(cause);
      process.stderr.write(`error: the output could not be written: ${message}\n`);
      process.exitCode = EXIT_CODES[code];
    });
    // An argument that is missing is missing in a pipe as well: oclif would take what comes from standard input for it.
    for (const arg of Object.values(this.ctor.args)) arg.ignoreStdin = true;
    await super.init();
  }

  /** Aborts when the command shall stop in order; `graceMs` later it is ended. */
  protected shutdownSignal(graceMs?: number): AbortSignal {
    this.#shutdown = shutdownSignal(undefined, graceMs);
    return this.#shutdown;
  }

  /** Whatever it is made of, a result leaves nothing for the terminal to obey but our own bold. */
  override log(message = ''): void {
    super.log(neutral(message));
  }

  override logToStderr(message = ''): void {
    super.logToStderr(neutral(message));
  }

  protected override logJson(json: unknown): void {
    for (const chunk of inChunks(jsonPieces(json))) process.stdout.write(visibleJson(chunk));
    process.stdout.write('\n');
  }

  protected override async catch(thrown: Error): Promise<void> {
    if (thrown instanceof Errors.ExitError) throw thrown;
    // Where NODE_ENV is of a developer, oclif would warn that arguments which it could not parse were not parsed.
    this.parsed = true;
    // oclif's own errors are about flags and arguments.
    const error = thrown instanceof Errors.CLIError ? wrongUsage(thrown, this.ctor) : OodError.from(thrown);
    if (this.jsonEnabled()) this.logJson({ error: { code: error.code, message: error.message } });
    process.stderr.write(`error: ${visibleLines(error.message)}\n`);
    if (error.code === 'internal') process.stderr.write(`${visibleLines(error.stack ?? '')}\n`);
    const stopped = this.#shutdown?.reason;
    process.exitCode =
      error.code === 'cancelled' && stopped instanceof Stopped ? stopped.exitCode : EXIT_CODES[error.code];
  }

  protected override async finally(error: Error | undefined): Promise<unknown> {
    if (this.#shutdown !== undefined) endIfStopped(this.#shutdown);
    return super.finally(error);
  }
}
