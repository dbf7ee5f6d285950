import { join } from 'node:path';
import { readRegularFile } from '@oodgrid/formats';
import { type FileNames, type RawFiles, SourceUnavailable } from '../source.js';

/** Files of a folder. Throws SourceUnavailable where one is missing. */
export async function filesOf(folder: string, wanted: readonly FileNames[]): Promise<RawFiles> {
  const found = await Promise.all(
    wanted.map(async (names) => {
      const file = await firstFile(folder, names);
      if (file === undefined) throw new SourceUnavailable(`${folder} has no ${names[0]}`);
      return file;
    }),
  );
  return { files: found.map(({ bytes }) => bytes), names: found.map(({ path }) => path), from: folder };
}

/** The first file of a folder that is there under one of its names. */
export async function firstFile(
  folder: string,
  names: readonly string[],
): Promise<{ readonly path: string; readonly bytes: Uint8Array } | undefined> {
  for (const name of names) {
    const path = join(folder, name);
    const bytes = await readRegularFile(path);
    if (bytes !== undefined) return { path, bytes };
  }
  return undefined;
}
