import type { CollectRequest, CollectResponse } from '@oodgrid/contract/wire';
import { byteSize } from './byte-size.js';

/** Ids that are listed: more are counted. */
const MAX_LISTED = 20;

/** Returns the text about a garbage collection that was made, or, on a dry run, would be made. */
export function collectedText(
  { removed, unfetched, blobs, bytes }: CollectResponse,
  { isPreview, olderThanDays }: CollectRequest,
): string {
  const verb = isPreview ? 'would be ' : '';
  const lines = [
    `${runs(removed.length)} that ended more than ${olderThanDays} days ago ${verb}forgotten, ${blobs} blobs ${verb}removed (${byteSize(bytes)})`,
    ...listed(removed),
  ];
  if (unfetched.length > 0) {
    lines.push(
      `${runs(unfetched.length)} kept, because nobody has written their results to a folder (watch RUN --output DIR does; --unfetched drops them)`,
      ...listed(unfetched),
    );
  }
  if (isPreview && removed.length + blobs > 0) lines.push('nothing was done: add --yes to do it');
  return lines.join('\n');
}

const runs = (count: number): string => (count === 1 ? '1 run' : `${count} runs`);

function listed(ids: readonly string[]): string[] {
  const lines = ids.slice(0, MAX_LISTED).map((id) => `  ${id}`);
  return ids.length > MAX_LISTED ? [...lines, `  and ${ids.length - MAX_LISTED} more`] : lines;
}
