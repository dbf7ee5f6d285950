import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const CLI_BIN = fileURLToPath(new URL('../../packages/cli/bin/run.js', import.meta.url));

export interface CliOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ood-cli` as a user does, with `input` at its standard input; never rejects for an exit code. */
export function oodCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = ROOT,
  input?: string,
): Promise<CliOutcome> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, maxBuffer: 64 * 1024 ** 2 };
    const child = execFile(process.execPath, [CLI_BIN, ...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
    if (input !== undefined) child.stdin?.end(input);
  });
}
