import { distance } from 'fastest-levenshtein';

/** Letters of a beginning that says what was meant. */
const BEGINNING = 4;

/**
 * The known word that was meant: the only one that begins with what was written; of several of these, or where there is none of all, the closest one
 * if it is close enough.
 */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const written = word.toLowerCase();
  const longer = known.filter((candidate) => candidate.toLowerCase().startsWith(written));
  const isBeginning = word.length >= BEGINNING && longer.length > 0;
  if (isBeginning && longer.length === 1) return longer[0];
  let best: string | undefined;
  let fewest = (word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length / 3))) + 1;
  for (const candidate of isBeginning ? longer : known) {
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
