import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { MergedCell, MergedPart, Splits } from '@oodgrid/coordinator';
import { type NpyArray, writeNpz } from '@oodgrid/formats';
import { type Grid, OodError, type Results } from '@oodgrid/protocol';
import {
  type CellScores,
  cellKey,
  resultsCsv,
  resultsHtml,
  resultsLatex,
  resultsMarkdown,
} from '@oodgrid/report';
import { ResultsFile } from './results-file.js';
import { TableBuilder } from './table-builder.js';

/** Scores that are kept for the report's plots; rows beyond are in its table without plots, and it says so. */
const PLOTTED_BYTES = 96 * 1024 ** 2;
const PLOTTED_CELLS = 500;

/**
 * Writes a run's folder beside its place and renames it there: results appear whole or not at all. Scores are written as
 * they come; what is kept is the table. Throws `resource-exhausted` when the disk is full; nothing is left then, and the message
 * says by `wayOut` where the results still are. When the place was taken meanwhile, they lie beside it.
 */
export async function writeRun(
  parts: AsyncIterable<MergedPart>,
  folder: string,
  formats: Grid['outputs']['formats'],
  wayOut: string,
): Promise<Results> {
  const fresh = join(dirname(folder), `.${basename(folder)}.${process.pid}.tmp`);
  try {
    await mkdir(join(fresh, 'scores'), { recursive: true });
    const { results, plotted } = await writeScores(parts, fresh);
    for (const [name, content] of tables(results, plotted, formats)) {
      await writeFile(join(fresh, name), content);
    }
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

/** Writes scores and results.json; gives the table, and the scores of the first rows for plots. */
async function writeScores(parts: AsyncIterable<MergedPart>, folder: string) {
  const table = new TableBuilder();
  const plotted = new Map<string, CellScores>();
  let bytes = 0;
  await using file = await ResultsFile.create(join(folder, 'results.json'));
  for await (const part of parts) {
    table.add(part);
    await file.add(part);
    if (part.kind !== 'cell') continue;
    const { cell, test } = part.merged;
    await writeFile(join(folder, cell.scores.file), scoresNpz(part.merged));
    bytes += test.id.scores.byteLength + test.ood.scores.byteLength;
    if (bytes > PLOTTED_BYTES || plotted.size >= PLOTTED_CELLS) continue;
    plotted.set(cellKey(cell), { id: test.id.scores, ood: test.ood.scores });
  }
  await file.end();
  return { results: table.results(), plotted };
}

function* tables(
  results: Results,
  plotted: ReadonlyMap<string, CellScores>,
  formats: Grid['outputs']['formats'],
): Generator<[string, string]> {
  for (const format of formats) {
    switch (format) {
      case 'csv':
        yield ['results.csv', resultsCsv(results)];
        break;
      case 'markdown':
        yield ['table.md', resultsMarkdown(results)];
        break;
      case 'latex':
        yield ['table.tex', resultsLatex(results)];
        break;
      case 'html':
        yield ['report.html', resultsHtml(results, plotted)];
        break;
    }
  }
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
  return (['valFit', 'valSelect', 'test'] as const).map((split) => {
    const { d, values } = splits[split];
    return [split, { shape: [values.length / d, d], data: values }];
  });
}
