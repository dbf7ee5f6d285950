import { statfs } from 'node:fs/promises';
import { cpus } from 'node:os';
import { OodError } from '@oodgrid/contract';
import { executorBytes, factsOf, listArchitectures, listModels } from '@oodgrid/models';
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

/**
 * Checks cores and memory: says how many executors of each architecture fit on this machine, and of which none does. It is a warning where
 * those of the bundled models do not: of others only users know whether they want them.
 */
export function checkMachine(machine: Machine = thisMachine()): Check {
  const needs = listArchitectures().map((architecture) => {
    const { name } = architecture;
    const memoryBytes = executorBytes(factsOf(architecture, name, CLASSES).memory, fssdPaper.batch);
    return { name, memoryBytes, ...placeWorkers({ [name]: memoryBytes }, undefined, machine) };
  });
  const fitting = needs.filter(({ isTight }) => !isTight);
  const counts = [...new Set(fitting.map(({ workers }) => workers))].sort((a, b) => b - a);
  const named = (count: number) => fitting.filter(({ workers }) => workers === count).map(({ name }) => name);
  const workers = counts.map((count) => `${count} for ${named(count).join(', ')}`);
  const tight = needs.filter(({ isTight }) => isTight);
  const needed = tight.map(({ name, memoryBytes }) => `${name} (one worker needs ${byteSize(memoryBytes)})`);
  const all = [...workers, ...(tight.length === 0 ? [] : [`too little memory for ${needed.join(', ')}`])];
  const detail = `${machine.cores} cores (${cpus()[0]?.model ?? 'unknown'}), ${memoryText(machine)}; workers by default: ${all.join('; ')}`;
  const bundled = tight.find(({ name }) => listModels().some(({ architecture }) => architecture === name));
  if (bundled === undefined) return ok('machine', detail);
  const way = machine.isLimited ? "raise the container's limit" : 'close other programs';
  return warning(
    'machine',
    detail,
    `${way}: one worker needs ${byteSize(bundled.memoryBytes)} for ${bundled.name}`,
  );
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
