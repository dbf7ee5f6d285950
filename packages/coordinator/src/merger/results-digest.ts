import { createHash } from 'node:crypto';
import { canonicalJson, type Digest, digestSchema, type ResultsHeader } from '@oodgrid/contract';

/** The parts of the header that are in the digest. */
export type DigestedHeader = Pick<ResultsHeader, 'grid' | 'accuracies' | 'metrics' | 'protocol'>;

/**
 * Digest of a run's results: SHA-256 of the canonical JSON of the grid as content, the protocol, what the metrics are, the cells without
 * their seconds, the comparisons, and the models' accuracies. Score arrays are in it by their hashes. Leaves out warnings, what cards say, run
 * id, cache use, attempts, workers, slices and environment, so it is the same however the run went. Cells and comparisons are given one
 * by one as canonical JSON: a large run is never one string.
 */
export function resultsDigest(
  { grid, accuracies, metrics, protocol }: DigestedHeader,
  cells: Iterable<string>,
  comparisons: Iterable<string>,
): Digest {
  const hash = createHash('sha256');
  const list = (items: Iterable<string>) => {
    let isFirst = true;
    for (const item of items) {
      hash.update(isFirst ? item : `,${item}`);
      isFirst = false;
    }
  };
  const measured = accuracies.map(({ cardAccuracy: _card, ...accuracy }) => accuracy);
  // Canonical JSON has its keys sorted.
  hash.update(`{"accuracies":${canonicalJson(measured)},"cells":[`);
  list(cells);
  hash.update('],"comparisons":[');
  list(comparisons);
  hash.update(
    `],"grid":${canonicalJson(grid)},"metrics":${canonicalJson(metrics)},"protocol":${canonicalJson(protocol)}}`,
  );
  return digestSchema.parse(hash.digest('hex'));
}
