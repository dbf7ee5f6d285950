import { type Cell, metricOf, RANKED_BY, type ResultWarning } from '@oodgrid/contract';
import type { Protocol } from '@oodgrid/protocols';
import type { RankedScores } from '@oodgrid/stats';

/** Test samples on a side below which no number says much: an AUROC's interval is then wider than 0.2. */
const FEW_SAMPLES = 50;
/** Test samples on a side below which a metric of exactly 0 or 1 is no wonder. */
const BORDER_SAMPLES = 500;

/** A cell, and its distinct scores. */
interface WarnedCell {
  readonly cell: Cell;
  readonly ranked: Pick<RankedScores, 'thresholds'>;
}

/** Signs in the table itself that its numbers mean little. */
export function cellWarnings(
  merged: readonly WarnedCell[],
  { advice }: Pick<Protocol, 'advice'>,
): ResultWarning[] {
  return [
    ...fewSamples(
      merged.map(({ cell }) => cell),
      advice,
    ),
    ...merged.flatMap((one) => [...constantScores(one), ...atBorder(one.cell)]),
  ];
}

/** Once for each pair: every row of it has the same counts. */
function fewSamples(cells: readonly Cell[], advice: string): ResultWarning[] {
  const pairs = new Map(cells.map((cell) => [JSON.stringify([cell.id, cell.ood]), cell]));
  return [...pairs.values()].flatMap(({ id, ood, counts: { test } }) => {
    const few = [
      ...(test.id < FEW_SAMPLES ? [samples(test.id, id)] : []),
      ...(test.ood < FEW_SAMPLES ? [samples(test.ood, ood)] : []),
    ];
    if (few.length === 0) return [];
    const message = `only ${few.join(' and ')}: the numbers of ${id} vs ${ood} say next to nothing; ${advice}`;
    return [
      {
        code: 'few-test-samples',
        severity: 'serious',
        message,
        place: { id, ood },
        count: Math.min(test.id, test.ood),
      },
    ];
  });
}

const samples = (count: number, set: string) =>
  `${count} test ${count === 1 ? 'sample' : 'samples'} of "${set}"`;

/** All scores of both sides are one group: every sample is kept at every threshold. */
function constantScores({ cell, ranked }: WarnedCell): ResultWarning[] {
  if (ranked.thresholds.length !== 1) return [];
  const { method, title, id, ood, model } = cell;
  return [
    {
      code: 'constant-scores',
      severity: 'serious',
      message: `${title} gives every test sample of ${id} vs ${ood} the same score with model "${model}": it tells nothing apart; are the logits so large that softmax is 1 throughout, or all units dead?`,
      place: { method, id, ood, model },
    },
  ];
}

function atBorder(cell: Cell): ResultWarning[] {
  const { method, title, id, ood, model, counts } = cell;
  const least = Math.min(counts.test.id, counts.test.ood);
  const { estimate, interval } = metricOf(cell, RANKED_BY);
  const { low, high } = interval;
  if (least >= BORDER_SAMPLES || (estimate !== 0 && estimate !== 1)) return [];
  return [
    {
      code: 'interval-at-border',
      severity: 'notice',
      message: `AUROC of ${title} on ${id} vs ${ood} with model "${model}" is exactly ${estimate} on ${least} test samples of a side; the interval ${low.toFixed(4)} to ${high.toFixed(4)} comes from their number alone`,
      place: { method, id, ood, model },
      count: least,
    },
  ];
}
