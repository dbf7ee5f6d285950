import { digestOfJson } from '@oodgrid/contract';
import type { PlannedCell } from '../planner/plan.js';

/** Names that can stand in a file name as they are, and be told from each other there: joined by `__`, they can be parted again. */
const PLAIN = /^(?!.*__)[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?$/;
const MAX_PART_BYTES = 40;
/** Hex digits: 80 bits. */
const MARK_DIGITS = 20;

/**
 * File of a cell's scores, another one for every cell: `scores/<id>__<ood>__<model>__<row>.npz`. Where a name does not fit
 * into file names as it is (other characters, upper case, which some file systems do not tell from lower, its length), the file has what people
 * can read of it, and in the end a mark of the names themselves.
 */
export function scoresFile({
  id,
  ood,
  model,
  row,
}: Pick<PlannedCell, 'id' | 'ood' | 'model' | 'row'>): string {
  const names = [id, ood, model, row];
  const parts = names.every((name) => PLAIN.test(name))
    ? names
    : [...names.map(readable), digestOfJson(names).slice(0, MARK_DIGITS)];
  return `scores/${parts.join('__')}.npz`;
}

/** Letters and digits of any script; never empty, and without what file systems or `__` give a meaning. */
function readable(name: string): string {
  const text = name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}.-]+/gu, '_')
    .replaceAll(/^[._-]+|[._-]+$/g, '');
  let bytes = 0;
  let short = '';
  for (const char of text) {
    bytes += Buffer.byteLength(char);
    if (bytes > MAX_PART_BYTES) break;
    short += char;
  }
  return short === '' ? 'x' : short;
}
