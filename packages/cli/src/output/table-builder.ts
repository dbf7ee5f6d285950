import { type Cell, type Comparison, OodError, type Results, type ResultsHeader } from '@oodgrid/contract';
import type { MergedPart } from '@oodgrid/coordinator';

/** The table of a merged run, without its scores. */
export class TableBuilder {
  #header: ResultsHeader | undefined;
  readonly #cells: Cell[] = [];
  readonly #comparisons: Comparison[] = [];

  add(part: MergedPart): void {
    switch (part.kind) {
      case 'header':
        this.#header = part.header;
        break;
      case 'cell':
        this.#cells.push(part.merged.cell);
        break;
      case 'comparisons':
        for (const comparison of part.comparisons) this.#comparisons.push(comparison);
        break;
    }
  }

  /** Throws `corrupt-data` for a run without its header. */
  results(): Results {
    if (this.#header === undefined) throw new OodError('corrupt-data', 'merged results without their header');
    return { ...this.#header, cells: this.#cells, comparisons: this.#comparisons };
  }
}

/** The table of a merged run. */
export async function readTable(parts: AsyncIterable<MergedPart>): Promise<Results> {
  const table = new TableBuilder();
  for await (const part of parts) table.add(part);
  return table.results();
}
