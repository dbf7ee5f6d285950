import { metricOf, RANKED_BY } from '@oodgrid/contract';
import type { Placements } from '@oodgrid/stats';
import { cellWarnings } from '../merger/cell-warnings.js';
import { fileOrderPlacements } from '../merger/file-order.js';
import { mergeCells } from '../merger/merge-cell.js';
import { mergeContext } from '../merger/merge-input.js';
import { canonicalCell, encodeCell } from '../merger/merged-run-codec.js';
import { orientationWarning } from '../merger/orientation-warning.js';
import type { ResultReader } from '../store/result-reader.js';
import type { JobInput, JobOutput, StoredPlacements, StoredRow } from './jobs.js';
import { AppendedFile, PartWriter } from './part-writer.js';

export function mergeJob(
  { work, isMixed, part, placements: file }: JobInput<'merge'>,
  results: ResultReader,
): JobOutput<'merge'> {
  const context = mergeContext(work, results);
  const { protocol } = context;
  const merged = mergeCells(work.cells, context);
  const writer = new PartWriter(part);
  const ranks = new AppendedFile(file);
  try {
    const rows = merged.map((cell, i): StoredRow => {
      const planned = work.cells[i];
      if (planned === undefined) throw new RangeError('more cells than were asked for');
      writer.field(encodeCell(cell));
      writer.line(canonicalCell(cell));
      const { own, shared } = fileOrderPlacements(protocol, planned, cell, isMixed[i] === true);
      return {
        method: cell.cell.method,
        auroc: metricOf(cell.cell, RANKED_BY).estimate,
        splitOrder: planned.splitOrder,
        file,
        own: append(ranks, own),
        shared: shared === null ? null : append(ranks, shared),
      };
    });
    return {
      rows,
      warnings: [...cellWarnings(merged, protocol), ...merged.flatMap(orientationWarning)],
    };
  } finally {
    writer.close();
    ranks.close();
  }
}

function append(file: AppendedFile, { id, ood }: Placements): StoredPlacements {
  const at = file.size;
  for (const { buffer, byteOffset, byteLength } of [id, ood]) {
    file.write(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return { at, n: id.length, m: ood.length };
}
