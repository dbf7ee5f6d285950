import { statfs } from 'node:fs/promises';
import { cpus } from 'node:os';
import { OodError } from '@oodgrid/contract';
import { executorBytes, factsOf, listArchitectures } from '@oodgrid/models';
import { fssdPaper } from '@oodgrid/protocols';
import { gte } from 'semver';
import { type Machine, memoryText, placeWorkers, thisMachine } from '../local/place-workers.js';
import { byteSize } from '../output/byte-size.js';
import { requireCache } from '../output/writable-folder.js';
import { type Check, ok, problem, warning } from './check.js';

/** As `engines` of package.json says. */
const OLDEST_NODE = '20.19.0';
/** Of the data sets of the catalog; what memory is needed hardly depends on it. */
const CLASSES = 10;
const GIB = 1024 ** 3;

export function checkNode(version = process.versions.node): Check {
  if (gte(version, OLDEST_NODE)) return ok('node', version);
  return problem('node', `${version} is too old`, `install Node ${OLDEST_NODE} or later`);
}

/** Checks cores and memory: says how many executors of each architecture fit on this machine. */
export function checkMachine(machine: Machine = thisMachine()): Check {
  const needs = listArchitectures().map((architecture) => {
    const { name } = architecture;
    const memoryBytes = executorBytes(factsOf(architecture, name, CLASSES).memory, fssdPaper.batch);
    return { name, memoryBytes, ...placeWorkers({ [name]: memoryBytes }, undefined, machine) };
  });
  const counts = [...new Set(needs.map(({ workers }) => workers))].sort((a, b) => b - a);
  const named = (count: number) => needs.filter(({ workers }) => workers === count).map(({ name }) => name);
  const workers = counts.map((count) => `${count} for ${named(count).join(', ')}`).join('; ');
  const detail = `${machine.cores} cores (${cpus()[0]?.model ?? 'unknown'}), ${memoryText(machine)}; workers by default: ${workers}`;
  const tight = needs.filter(({ isTight }) => isTight);
  if (tight.length === 0) return ok('machine', detail);
  const needed = tight.map(({ name, memoryBytes }) => `${byteSize(memoryBytes)} for ${name}`).join(', ');
  const way = machine.isLimited ? "raise the container's limit" : 'close other programs';
  return warning('machine', detail, `${way}: one worker needs ${needed}`);
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
