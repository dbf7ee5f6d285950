import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OodError } from '@oodgrid/contract';
import { SourceUnavailable } from '../source.js';

const TIMEOUT_MS = 180_000;

/** Runs a package tool in `cwd`; that it is missing or fails means that the source is not there. */
export async function tool(
  command: string,
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await promisify(execFile)(command, [...args], { cwd, signal, timeout: TIMEOUT_MS });
  } catch (cause) {
    if (signal.aborted) throw new OodError('cancelled', `${command} was stopped`, { cause });
    const [line = ''] = OodError.from(cause).message.split('\n');
    throw new SourceUnavailable(`${command} failed: ${line}`, { cause });
  }
}

/** The file with an ending that a tool left in a folder. */
export async function downloaded(folder: string, ending: string): Promise<string> {
  const found = (await readdir(folder)).find((name) => name.endsWith(ending));
  if (found === undefined) throw new SourceUnavailable(`no ${ending} was downloaded`);
  return join(folder, found);
}

/** Unpacks a .tar.gz file into a folder. */
export const untar = (archive: string, folder: string, signal: AbortSignal): Promise<void> =>
  tool('tar', ['-xzf', archive, '-C', folder], folder, signal);
