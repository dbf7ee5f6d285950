import { visible } from '@oodgrid/contract';
import type { SeedMean } from '../group-means.js';
import { percent } from '../percent.js';
import { type TableColumn, textTable } from '../text-table.js';
import { wrapText } from '../text-width.js';
import type { PublishedNumber, PublishedRow, PublishedTable } from './published.js';

const SENTENCE_WIDTH = 100;

const COLUMNS: readonly TableColumn[] = [
  { title: 'method' },
  ...['near', 'far'].flatMap((group) =>
    [group, 'published', 'difference'].map((title) => ({ title, isNumber: true })),
  ),
];

/** Means of the run's groups beside the published ones, a table for each ID set and model. */
export const publishedText = (tables: readonly PublishedTable[], width?: number): string =>
  tables.map((table) => tableText(table, width)).join('\n\n');

function tableText(table: PublishedTable, width: number | undefined): string {
  const { id, model, seeds, benchmark, network, source, accuracy, differences, rows } = table;
  const sentences = (text: string) => wrapText(text, width ?? SENTENCE_WIDTH).join('\n');
  const own = accuracy.here === null ? 'not measured' : hereText(accuracy.here, seeds);
  const sets = differences.length === 0 ? '' : ` THE SETS ARE NOT THE SAME (${differences.join('; ')}).`;
  return [
    sentences(visible(`${id}, ${model}, beside the published numbers of ${benchmark}`)),
    textTable(
      COLUMNS,
      rows.map((row) => [row.title, ...groupTexts(row.near, seeds), ...groupTexts(row.far, seeds)]),
      { width },
    ),
    sentences(
      visible(
        `AUROC in percent, means over the sets of a group. ID accuracy ${own}, published ${publishedNumber(accuracy.published)}: numbers of another network are not expected to be the same. Published: ${network}.${sets}`,
      ),
    ),
    source,
  ].join('\n');
}

const hereText = ({ mean, sd }: SeedMean, seeds: number): string =>
  seeds > 1 ? `${percent(mean)} ± ${percent(sd)}` : percent(mean);

const publishedNumber = ({ mean, sd }: PublishedNumber): string =>
  sd === null ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${sd.toFixed(2)}`;

function groupTexts({ here, published }: PublishedRow['near'], seeds: number): string[] {
  const difference = here === null || published === null ? undefined : 100 * here.mean - published.mean;
  return [
    here === null ? '' : hereText(here, seeds),
    published === null ? '' : publishedNumber(published),
    difference === undefined ? '' : `${difference > 0 ? '+' : ''}${difference.toFixed(2)}`,
  ];
}
