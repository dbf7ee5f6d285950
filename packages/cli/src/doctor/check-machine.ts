import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { OodError } from '@oodgrid/protocol';
import { gte } from 'semver';
import { defaultWorkers } from '../local/default-workers.js';
import { byteSize } from '../output/byte-size.js';
import { requireCache } from '../output/writable-folder.js';
import { type Check, ok, problem, warning } from './check.js';

/** As `engines` of package.json says. */
const OLDEST_NODE = '20.19.0';
const GIB = 1024 ** 3;

export function checkNode(version = process.versions.node): Check {
  if (gte(version, OLDEST_NODE)) return ok('node', version);
  return problem('node', `${version} is too old`, `install Node ${OLDEST_NODE} or later`);
}

export function checkMachine(): Check {
  const detail = `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${byteSize(freemem())} of ${byteSize(totalmem())} memory free; ${defaultWorkers()} workers by default`;
  if (freemem() >= 1.5 * GIB) return ok('machine', detail);
  return warning('machine', detail, 'close other programs: a worker needs about 1.2 GiB');
}

/** The cache must be writable and have room for data sets and scores. */
export async function checkCache(cacheDir: string): Promise<Check> {
  try {
    await requireCache(cacheDir);
    const { bavail, bsize } = await statfs(cacheDir);
    const free = bavail * bsize;
    if (free >= 2 * GIB) return ok('cache', `${cacheDir}, ${byteSize(free)} free`);
    return warning(
      'cache',
      `${cacheDir}, only ${byteSize(free)} free`,
      'make room, or point OODGRID_CACHE to another disk',
    );
  } catch (error) {
    return problem(
      'cache',
      OodError.from(error).message,
      'point OODGRID_CACHE to a folder that you may write to',
    );
  }
}
