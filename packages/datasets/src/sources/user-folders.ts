import { join } from 'node:path';
import { type Source, SourceUnavailable } from '../source.js';
import { filesOf } from './files-of.js';

/** Files of the user's, under a data folder or a folder in it named like the data set. */
export const userFolders: Source = {
  read: async ({ dataset, files }, { dataDirs }) => {
    for (const dir of dataDirs) {
      for (const folder of [join(dir, dataset), dir]) {
        try {
          return await filesOf(folder, files);
        } catch (error) {
          if (!(error instanceof SourceUnavailable)) throw error;
        }
      }
    }
    const isExpected = dataDirs.length === 0;
    throw new SourceUnavailable(isExpected ? 'no data folder was given' : `not in ${dataDirs.join(', ')}`, {
      isExpected,
    });
  },
};
