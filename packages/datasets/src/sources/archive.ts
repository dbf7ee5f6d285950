import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '../source.js';
import { fetchFile } from './fetch-file.js';
import { filesOf } from './files-of.js';
import { inTemporaryFolder } from './temporary-folder.js';
import { untar } from './tool.js';

/** Files in a folder of a .tar.gz archive at an address. */
export const archive = (title: string, address: string, folder: string): Source => ({
  read: (wanted, { signal, limits }) =>
    inTemporaryFolder(async (work) => {
      const file = join(work, 'archive.tar.gz');
      await writeFile(file, await fetchFile(address, signal, limits));
      await untar(file, work, signal);
      return { ...(await filesOf(join(work, folder), wanted.files)), from: title };
    }),
});
