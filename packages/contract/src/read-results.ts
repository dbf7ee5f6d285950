import { z } from 'zod';
import { OodError } from './errors.js';
import { RANKED_BY } from './metric-specs.js';
import {
  type Cell,
  cellSchema,
  comparisonsSchema,
  metricOf,
  RESULTS_SCHEMA,
  type Results,
  type ResultsHeader,
  resultsHeaderSchema,
} from './results.js';
import { RESULTS_V1, readV1Cell, readV1Header } from './results-v1.js';

/** Results of one version: the header, and how its cells are read. */
export interface ResultsReader {
  readonly header: ResultsHeader;
  /** Throws for what is no cell of the header's version with all of its metrics. */
  readCell(value: unknown): Cell;
}

const anyVersionSchema = z.looseObject({ schema: z.string() });

/**
 * Reads results of this version and of version 1, whose numbers stay what they were, from the header on. Throws
 * `corrupt-data` for those of a version that is not known here, a ZodError for what is no header.
 */
export function readResultsHeader(value: unknown): ResultsReader {
  const { schema } = anyVersionSchema.parse(value);
  switch (schema) {
    case RESULTS_V1:
      return { header: readV1Header(value), readCell: readV1Cell };
    case RESULTS_SCHEMA: {
      const header = resultsHeaderSchema.parse(value);
      refuseOddMetrics(header);
      return { header, readCell: (cell) => withAllMetrics(cellSchema.parse(cell), header) };
    }
    default:
      throw new OodError(
        'corrupt-data',
        `results of the schema ${JSON.stringify(schema.slice(0, 60))}; this version reads ${RESULTS_SCHEMA} and ${RESULTS_V1}: a newer ood-cli reads newer ones`,
      );
  }
}

const wholeSchema = z.looseObject({ cells: z.array(z.unknown()), comparisons: comparisonsSchema });

/** All of a results.json, whatever its version. Throws `corrupt-data` or a ZodError for anything else. */
export function readResults(value: unknown): Results {
  const { header, readCell } = readResultsHeader(value);
  const { cells, comparisons } = wholeSchema.parse(value);
  return { ...header, cells: cells.map(readCell), comparisons };
}

function refuseOddMetrics({ metrics }: ResultsHeader): void {
  const keys = metrics.map(({ key }) => key);
  if (keys[0] !== RANKED_BY) throw new OodError('corrupt-data', `the first metric is not "${RANKED_BY}"`);
  if (new Set(keys).size < keys.length) throw new OodError('corrupt-data', 'a metric is there twice');
}

function withAllMetrics(cell: Cell, { metrics }: ResultsHeader): Cell {
  for (const { key } of metrics) metricOf(cell, key);
  return cell;
}
