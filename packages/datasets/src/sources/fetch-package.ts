import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OodError } from '@oodgrid/protocol';
import { SourceUnavailable } from './source-failure.js';

const TIMEOUT_MS = 180_000;

/** Runs a package tool in `cwd`; that it is missing or fails means that the source is not there. */
async function tool(
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

async function only(folder: string, ending: string): Promise<string> {
  const found = (await readdir(folder)).find((name) => name.endsWith(ending));
  if (found === undefined) throw new SourceUnavailable(`no ${ending} was downloaded`);
  return join(folder, found);
}

/** Unpacks a Debian package under `work`; without root, and with package lists of its own where there are none. */
export async function fetchDebian(packageName: string, work: string, signal: AbortSignal): Promise<string> {
  try {
    await tool('apt-get', ['download', packageName], work, signal);
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    const lists = join(work, 'apt');
    await mkdir(join(lists, 'lists', 'partial'), { recursive: true });
    await mkdir(join(lists, 'cache', 'archives', 'partial'), { recursive: true });
    const own = [
      '-o',
      `Dir::State::lists=${join(lists, 'lists')}`,
      '-o',
      `Dir::Cache=${join(lists, 'cache')}`,
      '-o',
      'Debug::NoLocking=1',
    ];
    await tool('apt-get', [...own, 'update'], work, signal);
    await tool('apt-get', [...own, 'download', packageName], work, signal);
  }
  const out = join(work, 'unpacked');
  await tool('dpkg-deb', ['-x', await only(work, '.deb'), out], work, signal);
  return out;
}

/** Unpacks a .tar.gz file into a folder. */
export async function untar(archive: string, folder: string, signal: AbortSignal): Promise<void> {
  await tool('tar', ['-xzf', archive, '-C', folder], folder, signal);
}

/** Unpacks an npm package under `work`. */
export async function fetchNpm(
  packageName: string,
  version: string,
  work: string,
  signal: AbortSignal,
): Promise<string> {
  await tool('npm', ['pack', '--silent', `${packageName}@${version}`], work, signal);
  const out = join(work, 'unpacked');
  await mkdir(out);
  await untar(await only(work, '.tgz'), out, signal);
  return out;
}
