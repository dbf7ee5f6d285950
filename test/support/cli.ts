import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const CLI_BIN = fileURLToPath(new URL('../../packages/cli/bin/run.js', import.meta.url));

export interface CliOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ood-cli` as a user does, with `input` at its standard input; never rejects for an exit code. */
export async function oodCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = ROOT,
  input?: string,
): Promise<CliOutcome> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [CLI_BIN, ...args], {
    cwd,
    env: { NO_COLOR: '1', ...env },
    reject: false,
    stripFinalNewline: false,
    ...(input === undefined ? {} : { input }),
  });
  return { code: exitCode ?? null, stdout, stderr };
}
