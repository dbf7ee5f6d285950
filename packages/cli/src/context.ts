import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { visibleLines } from '@oodgrid/contract';

/** Places that every command works with. */
export interface CliContext {
  /** Outlives checkouts: engines, decoded data sets, blobs, cached scores. */
  readonly cacheDir: string;
  /** Bundled weights and noise. */
  readonly modelsDir: string;
  /** Folders of the user's in which data sets are looked for first. */
  readonly dataDirs: readonly string[];
  readonly log: (line: string) => void;
}

export function cliContext(dataDirs: readonly string[], env: NodeJS.ProcessEnv = process.env): CliContext {
  const base = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const own = env.OODGRID_DATA === undefined || env.OODGRID_DATA === '' ? [] : [env.OODGRID_DATA];
  return {
    cacheDir: env.OODGRID_CACHE || join(base, 'ood-grid'),
    modelsDir: fileURLToPath(new URL('../../../models', import.meta.url)),
    dataDirs: [...dataDirs, ...own].map((dir) => resolve(dir)),
    log: (line) => process.stderr.write(`${visibleLines(line)}\n`),
  };
}

export const blobsDir = ({ cacheDir }: Pick<CliContext, 'cacheDir'>): string => join(cacheDir, 'blobs');
/** Results of earlier runs on this machine. */
export const scoresPath = ({ cacheDir }: Pick<CliContext, 'cacheDir'>): string => join(cacheDir, 'scores.db');
