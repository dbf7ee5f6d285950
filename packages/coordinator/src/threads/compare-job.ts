import { type Comparison, canonicalJson } from '@oodgrid/contract';
import { compareRows, type PlacementKind } from '../merger/compare.js';
import { encodeComparisons } from '../merger/merged-run-codec.js';
import type { JobInput } from './jobs.js';
import { PartWriter } from './part-writer.js';
import { PlacementFiles } from './placement-files.js';

/** Comparisons that are one field of the message. */
const PER_FIELD = 1000;

export function compareJob({ groups, isEveryPair, part }: JobInput<'compare'>): null {
  const writer = new PartWriter(part);
  const files = new PlacementFiles();
  let waiting: Comparison[] = [];
  const flush = () => {
    if (waiting.length > 0) writer.field(encodeComparisons(waiting));
    waiting = [];
  };
  try {
    for (const { group, rows } of groups) {
      const read = (row: number, kind: PlacementKind) => files.placements(rows[row], kind);
      for (const comparison of compareRows(group, rows, isEveryPair, read)) {
        writer.line(canonicalJson(comparison));
        waiting.push(comparison);
        if (waiting.length >= PER_FIELD) flush();
      }
    }
    flush();
  } finally {
    files.close();
    writer.close();
  }
  return null;
}
