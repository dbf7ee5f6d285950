import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MergedCell, MergedRun, Splits } from '@oodgrid/coordinator';
import { type NpyArray, writeNpz } from '@oodgrid/engine';
import { type Grid, OodError } from '@oodgrid/protocol';
import { cellKey, resultsCsv, resultsHtml, resultsLatex, resultsMarkdown } from '@oodgrid/report';

/**
 * Writes a run's folder beside its place and renames it there: results appear whole or not at all. Throws
 * `resource-exhausted` when the disk is full; nothing is left then.
 */
export async function writeRun(
  merged: MergedRun,
  folder: string,
  formats: Grid['outputs']['formats'],
): Promise<void> {
  const fresh = join(dirname(folder), `.${merged.results.run.id}.${process.pid}.tmp`);
  try {
    await mkdir(join(fresh, 'scores'), { recursive: true });
    for (const [name, content] of files(merged, formats)) await writeFile(join(fresh, name), content);
    await rename(fresh, folder);
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    const error = OodError.from(cause);
    throw new OodError(
      error.code === 'internal' ? 'unavailable' : error.code,
      `${folder}: the results could not be written: ${error.message}. Nothing was left behind; make room or give another --output and submit again: the scores are in the cache`,
      { cause },
    );
  }
}

function* files(
  { results, cells }: MergedRun,
  formats: Grid['outputs']['formats'],
): Generator<[string, string | Uint8Array]> {
  for (const merged of cells) yield [merged.cell.scores.file, scoresNpz(merged)];
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
      case 'html': {
        const scores = new Map(
          cells.map(
            ({ cell, test }) => [cellKey(cell), { id: test.id.scores, ood: test.ood.scores }] as const,
          ),
        );
        yield ['report.html', resultsHtml(results, scores)];
        break;
      }
    }
  }
  yield ['results.json', `${JSON.stringify(results, null, 2)}\n`];
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
