import type { Command, Errors } from '@oclif/core';
import { didYouMean, OodError, quote } from '@oodgrid/contract';

/** Translates oclif's errors about flags and arguments into messages for the person who typed them. */
export function wrongUsage(error: Errors.CLIError, command: typeof Command): OodError {
  const name = command.id.replaceAll(':', ' ');
  const help = `see "ood-cli help ${name}"`;
  // A command that has none leaves them undefined, whatever its type says.
  const known = [command.baseFlags, command.flags].flatMap((flags) => Object.keys(flags ?? {}));
  const unknown = unknownFlags(error);
  if (unknown.length > 0) {
    const lines = unknown.map((flag) => {
      if (flag === '--json' && !command.enableJsonFlag)
        return `${name} has no --json: it has no result to print`;
      const meant = didYouMean(flag.replace(/^-+/, ''), known);
      return `unknown flag ${quote(flag)}${meant === undefined ? '' : ` (did you mean "--${meant}"?)`}; ${help}`;
    });
    return new OodError('invalid-input', lines.join('\n'), { cause: error });
  }
  const text = error.message
    .replace(/\nSee more help with --help$/, '')
    .replace(/\n\nNote: [\s\S]*$/, '')
    .replaceAll(/\s*\n\t/g, ': ')
    .replaceAll(/ *\n/g, '\n  ')
    .replace(/^The following errors? occurred:\s*/, '')
    .replace(/^Parsing (--[\w-]+): Expected/, '$1: expected');
  return new OodError('invalid-input', `${text}\n${help}`, { cause: error });
}

function unknownFlags(error: Errors.CLIError): readonly string[] {
  const isOfFlags = error.message.startsWith('Nonexistent flag');
  const flags: unknown = isOfFlags && 'flags' in error ? error.flags : [];
  return Array.isArray(flags) ? flags.map(String) : [];
}
