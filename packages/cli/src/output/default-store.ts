import { join } from 'node:path';
import type { CliContext } from '../context.js';

export const storeDescription =
  'folder of the journal, the results and the blobs (default: in the cache folder)';

/** The coordinator's store where none is named. */
export const defaultStore = ({ cacheDir }: Pick<CliContext, 'cacheDir'>): string =>
  join(cacheDir, 'coordinator');
