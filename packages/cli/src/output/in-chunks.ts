/** Joins pieces of text to chunks of about that many characters, so that few writes are made and none is large. */
export function* inChunks(pieces: Iterable<string>, chars = 256 * 1024): Generator<string> {
  let waiting: string[] = [];
  let count = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    count += piece.length;
    if (count < chars) continue;
    yield waiting.join('');
    waiting = [];
    count = 0;
  }
  if (count > 0) yield waiting.join('');
}
