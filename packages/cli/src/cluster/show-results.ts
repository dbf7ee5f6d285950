import { OodError, type Results } from '@oodgrid/contract';
import type { RunSummary } from '@oodgrid/contract/wire';
import type { MergedPart } from '@oodgrid/coordinator';
import { resultsText } from '../output/results-text.js';
import { TableBuilder } from '../output/table-builder.js';
import type { ClusterClient } from './cluster-client.js';
import { fetchResults } from './follow-run.js';

/** Rows beyond which a table on a terminal is no help, and its scores are too much to fetch for it. */
const MAX_ROWS = 200;

/** The table of a run that is done, and how to get its files. */
export async function doneText(client: ClusterClient, summary: RunSummary): Promise<string> {
  const files = `results: with the coordinator; ood-cli watch ${summary.run} --output DIR writes them`;
  try {
    const results = await readFirst(fetchResults(client, summary));
    return results === undefined
      ? `the table has more rows than are shown from here (${MAX_ROWS})\n${files}`
      : `${resultsText(results)}\n${files}`;
  } catch (thrown) {
    return `the results cannot be shown: ${OodError.from(thrown).message}`;
  }
}

/** Undefined for a run of more rows; the rest of it is not fetched then. */
async function readFirst(parts: AsyncIterable<MergedPart>): Promise<Results | undefined> {
  const table = new TableBuilder();
  let rows = 0;
  for await (const part of parts) {
    if (part.kind === 'cell' && ++rows > MAX_ROWS) return undefined;
    table.add(part);
  }
  return table.results();
}
