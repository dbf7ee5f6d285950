import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Source, SourceUnavailable } from '../source.js';
import { filesOf } from './files-of.js';
import { inTemporaryFolder } from './temporary-folder.js';
import { downloaded, tool } from './tool.js';

/** Files in a folder of a Debian package, which `apt-get download` fetches without root. */
export const debianPackage = (name: string, folder: string): Source => ({
  read: (wanted, { signal }) =>
    inTemporaryFolder(async (work) => {
      await download(name, work, signal);
      const root = join(work, 'unpacked');
      await tool('dpkg-deb', ['-x', await downloaded(work, '.deb'), root], work, signal);
      return { ...(await filesOf(join(root, folder), wanted.files)), from: `Debian package ${name}` };
    }),
});

/** With package lists of its own where there are none. */
async function download(name: string, work: string, signal: AbortSignal): Promise<void> {
  try {
    await tool('apt-get', ['download', name], work, signal);
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
    await tool('apt-get', [...own, 'download', name], work, signal);
  }
}
