import { distance } from 'fastest-levenshtein';

/** Letters of a beginning that says what was meant. */
const BEGINNING = 4;

/** The one known word that begins with what was written, or else the closest one, if it is close enough to be what was meant. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const written = word.toLowerCase();
  const longer = known.filter((candidate) => candidate.toLowerCase().startsWith(written));
  if (word.length >= BEGINNING && longer.length > 0) return longer.length === 1 ? longer[0] : undefined;
  let best: string | undefined;
  let fewest = (word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))) + 1;
  for (const candidate of known) {
    const edits = distance(written, candidate.toLowerCase());
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/** ` (did you mean "odin"?)`, or the known words where none is close. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = didYouMean(word, known);
  return meant === undefined ? ` (known: ${known.join(', ')})` : ` (did you mean "${meant}"?)`;
}
