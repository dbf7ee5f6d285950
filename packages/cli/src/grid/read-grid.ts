import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OodError, visible } from '@oodgrid/contract';
import { listDatasets } from '@oodgrid/datasets';
import { type Grid, parseGrid } from '@oodgrid/grid';
import { METHODS, type Method } from '@oodgrid/methods';
import { listModels } from '@oodgrid/models';

/** A grid larger than this is refused by the parser; one byte more is read to tell. */
const MAX_BYTES = 1024 * 1024 + 1;

const STDIN = '-';

/** A grid, and the folder that its relative paths start from. */
export interface GridFile {
  readonly grid: Grid;
  readonly baseDir: string;
}

/** Reads and checks a grid file, or standard input for `-`, that may name these methods; errors name file, line and column. */
export async function readGrid(
  file: string,
  overrides: readonly string[],
  methods: readonly Method[] = METHODS,
): Promise<GridFile> {
  const known = {
    methods,
    models: listModels().map(({ name }) => name),
    datasets: listDatasets().map(({ name }) => name),
  };
  if (file === STDIN) {
    const text = await readStart(process.stdin);
    return { grid: parseGrid(text, '<stdin>', known, overrides), baseDir: process.cwd() };
  }
  const grid = parseGrid(await readRegularFile(file), file, known, overrides);
  return { grid, baseDir: dirname(resolve(file)) };
}

async function readRegularFile(file: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    // A pipe that nobody writes to would hold up the opening itself.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (stat.isDirectory()) throw refused(file, 'is a folder; name the grid file in it');
    if (!stat.isFile())
      throw refused(file, 'is a pipe or a device; a grid is a regular file, or - for standard input');
    return await readStart(handle.createReadStream({ end: MAX_BYTES - 1, autoClose: false }));
  } catch (cause) {
    const error = OodError.from(cause);
    if (error.code === 'not-found')
      throw new OodError('not-found', `${visible(file)}: there is no such file`, { cause });
    if (cause instanceof OodError) throw cause;
    throw refused(file, `cannot be read: ${error.message}`, cause);
  } finally {
    await handle?.close();
  }
}

/** Reads the first bytes, up to the size limit of a grid file. A stream that goes on, even without end, is not read further. */
async function readStart(stream: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= MAX_BYTES) break;
  }
  return Buffer.concat(parts);
}

const refused = (file: string, reason: string, cause?: unknown) =>
  new OodError('invalid-input', `${visible(file)}: ${reason}`, { cause });
