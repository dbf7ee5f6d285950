import type { Source } from '../source.js';
import { fetchFile } from './fetch-file.js';

/** Files under an address, which ends with a slash, by the first of their names. */
export const webFolder = (title: string, address: string): Source => ({
  read: async (wanted, { signal, limits }) => {
    const names = wanted.files.map(([name]) => address + name);
    const files: Uint8Array[] = [];
    for (const name of names) files.push(await fetchFile(name, signal, limits));
    return { files, names, from: title };
  },
});
