import type { Cell, ResultWarning } from '@oodgrid/protocol';
import type { Protocol } from '@oodgrid/protocols';

/** Test samples on a side below which no number says much: an AUROC's interval is then wider than 0.2. */
const FEW_SAMPLES = 50;
/** Test samples on a side below which a metric of exactly 0 or 1 is no wonder. */
const BORDER_SAMPLES = 500;

/** Signs in the table itself that its numbers mean little. */
export function cellWarnings(cells: readonly Cell[], { advice }: Pick<Protocol, 'advice'>): ResultWarning[] {
  return [
    ...fewSamples(cells, advice),
    ...cells.flatMap((cell) => [...constantScores(cell), ...atBorder(cell)]),
  ];
}

/** Once for each pair: every row of it has the same counts. */
function fewSamples(cells: readonly Cell[], advice: string): ResultWarning[] {
  const pairs = new Map(cells.map((cell) => [JSON.stringify([cell.id, cell.ood]), cell]));
  return [...pairs.values()].flatMap(({ id, ood, counts: { testId, testOod } }) => {
    const few = [
      ...(testId < FEW_SAMPLES ? [samples(testId, id)] : []),
      ...(testOod < FEW_SAMPLES ? [samples(testOod, ood)] : []),
    ];
    if (few.length === 0) return [];
    const message = `only ${few.join(' and ')}: the numbers of ${id} vs ${ood} say next to nothing; ${advice}`;
    return [
      {
        code: 'few-test-samples',
        severity: 'serious',
        message,
        place: { id, ood },
        count: Math.min(testId, testOod),
      },
    ];
  });
}

const samples = (count: number, set: string) =>
  `${count} test ${count === 1 ? 'sample' : 'samples'} of "${set}"`;

/** All scores of both sides are one: every sample is kept at every threshold, and the AUROC is exactly one half. */
function constantScores({ method, title, id, ood, model, metrics }: Cell): ResultWarning[] {
  if (metrics.auroc.value !== 0.5 || metrics.fpr80.value !== 1 || metrics.tnr95.value !== 0) return [];
  return [
    {
      code: 'constant-scores',
      severity: 'serious',
      message: `${title} gives every test sample of ${id} vs ${ood} the same score with model "${model}": it tells nothing apart; are the logits so large that softmax is 1 throughout, or all units dead?`,
      place: { method, id, ood, model },
    },
  ];
}

function atBorder({ method, title, id, ood, model, metrics, counts }: Cell): ResultWarning[] {
  const least = Math.min(counts.testId, counts.testOod);
  const { value, low, high } = metrics.auroc;
  if (least >= BORDER_SAMPLES || (value !== 0 && value !== 1)) return [];
  return [
    {
      code: 'interval-at-border',
      severity: 'notice',
      message: `AUROC of ${title} on ${id} vs ${ood} with model "${model}" is exactly ${value} on ${least} test samples of a side; the interval ${low.toFixed(4)} to ${high.toFixed(4)} comes from their number alone`,
      place: { method, id, ood, model },
      count: least,
    },
  ];
}
