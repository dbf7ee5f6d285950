import { Command, Errors, Flags } from '@oclif/core';
import { EXIT_CODES, OodError } from '@oodgrid/protocol';

/** Flags of every command that reads data sets. */
export const dataDirFlag = Flags.string({
  description: 'folder in which data sets are looked for first (repeatable; also OODGRID_DATA)',
  multiple: true,
  multipleNonGreedy: true,
  default: [],
});

/** Flag of every command that reads a grid. */
export const setFlag = Flags.string({
  description: 'replace a value of the grid: key=value, for example options.slice=512 (repeatable)',
  multiple: true,
  multipleNonGreedy: true,
  default: [],
});

/**
 * Parent of every command: results to stdout (with --json as one JSON document), everything else to
 * stderr, errors with the exit code of their kind.
 */
export abstract class OodCommand extends Command {
  static override enableJsonFlag = true;

  protected override async catch(thrown: Error): Promise<void> {
    if (thrown instanceof Errors.ExitError) throw thrown;
    // oclif's own errors are about flags and arguments.
    const error =
      thrown instanceof Errors.CLIError
        ? new OodError('invalid-input', thrown.message)
        : OodError.from(thrown);
    if (this.jsonEnabled()) this.logJson({ error: { code: error.code, message: error.message } });
    process.stderr.write(`error: ${error.message}\n`);
    if (error.code === 'internal') process.stderr.write(`${error.stack ?? ''}\n`);
    process.exitCode = EXIT_CODES[error.code];
  }
}
