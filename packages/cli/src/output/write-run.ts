import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Cell, OodError, type Results } from '@oodgrid/contract';
import type { MergedCell, MergedPart, Splits } from '@oodgrid/coordinator';
import { type NpyArray, openNpz, writeNpz } from '@oodgrid/formats';
import { ROLES } from '@oodgrid/protocols';
import { BIBLIOGRAPHY, type CellScores, REPORT_FORMATS, type Report, type ReportFile } from '@oodgrid/report';
import { inChunks } from './in-chunks.js';
import { ResultsFile } from './results-file.js';
import { TableBuilder } from './table-builder.js';

/**
 * Writes a run's folder beside its place and renames it there: results appear whole or not at all. Scores are written as
 * they come; what is kept is the table, and reports are written piece by piece. Throws `resource-exhausted` when the disk is full; nothing is left then, and the message
 * says by `wayOut` where the results still are. When the place was taken meanwhile, they lie beside it.
 */
export async function writeRun(
  parts: AsyncIterable<MergedPart>,
  folder: string,
  formats: readonly string[],
  wayOut: string,
): Promise<Results> {
  const fresh = join(dirname(folder), `.${basename(folder)}.${process.pid}.tmp`);
  try {
    await mkdir(join(fresh, 'scores'), { recursive: true });
    const results = await writeScores(parts, fresh);
    const report = { results, scoresOf: (cell: Cell) => readScores(fresh, cell) };
    for (const file of [BIBLIOGRAPHY, ...reportFiles(formats)]) await writeReport(file, report, fresh);
    await renameOrRescue(fresh, folder);
    return results;
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    const error = OodError.from(cause);
    throw new OodError(
      error.code === 'internal' ? 'unavailable' : error.code,
      `${folder}: the results could not be written: ${error.message}. ${wayOut}`,
      { cause },
    );
  }
}

/** Throws `unavailable` with the place of the results when something else stands in theirs. */
async function renameOrRescue(fresh: string, folder: string): Promise<void> {
  try {
    await rename(fresh, folder);
  } catch (cause) {
    const rescue = `${folder}-rescued-${process.pid}`;
    await rename(fresh, rescue);
    throw new OodError(
      'unavailable',
      `${OodError.from(cause).message}; they are in ${rescue} instead, whole`,
      { cause },
    );
  }
}

/** Files that these formats are made of. */
export const reportFiles = (formats: readonly string[]): readonly ReportFile[] =>
  REPORT_FORMATS.filter(({ name }) => formats.includes(name)).flatMap(({ files }) => files);

/** Writes scores and results.json; returns the table. */
async function writeScores(parts: AsyncIterable<MergedPart>, folder: string): Promise<Results> {
  const table = new TableBuilder();
  await using file = await ResultsFile.create(join(folder, 'results.json'));
  for await (const part of parts) {
    table.add(part);
    await file.add(part);
    if (part.kind === 'cell')
      await writeFile(join(folder, part.merged.cell.scores.file), scoresNpz(part.merged));
  }
  await file.end();
  return table.results();
}

async function writeReport(file: ReportFile, report: Report, folder: string): Promise<void> {
  const handle = await open(join(folder, file.name), 'wx');
  try {
    for (const chunk of inChunks(file.write(report))) await handle.writeFile(chunk);
  } finally {
    await handle.close();
  }
}

/** Scores that were written a while ago: nobody holds those of a whole run. */
function readScores(folder: string, { scores }: Cell): CellScores {
  const archive = openNpz(readFileSync(join(folder, scores.file)), scores.file);
  const read = (key: string) => {
    const { data } = archive.read(key);
    if (!(data instanceof Float64Array))
      throw new OodError('corrupt-data', `${scores.file}: ${key} is no float64`);
    return data;
  };
  const indices = (key: string) => Int32Array.from(archive.read(key).data, Number);
  return {
    id: read('score_id'),
    ood: read('score_ood'),
    indices: { id: indices('index_id'), ood: indices('index_ood') },
  };
}

/**
 * `score_id`, `score_ood`: final scores of the test split; `index_id`, `index_ood`: positions of those
 * samples in the data set's file; `<split>_id`, `<split>_ood` [n, columns]: the features that the
 * regression saw.
 */
function scoresNpz({ test, features }: MergedCell): Uint8Array {
  const arrays = new Map<string, NpyArray>();
  for (const side of ['id', 'ood'] as const) {
    const { scores, indices } = test[side];
    arrays.set(`score_${side}`, { shape: [scores.length], data: scores });
    arrays.set(`index_${side}`, { shape: [indices.length], data: Int32Array.from(indices) });
    for (const [split, array] of splitArrays(features[side])) arrays.set(`${split}_${side}`, array);
  }
  return writeNpz(arrays);
}

function splitArrays(splits: Splits): readonly (readonly [string, NpyArray])[] {
  const names = { fit: 'valFit', select: 'valSelect', test: 'test' } as const;
  return ROLES.map((role) => {
    const { rows, columns, data } = splits[role];
    return [names[role], { shape: [rows, columns], data }];
  });
}
