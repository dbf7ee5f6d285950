import { type IntervalKind, metricOf, type Results } from '@oodgrid/contract';

/** Explanations of intervals, after one metric and after several. */
const INTERVALS: Readonly<Record<IntervalKind, string>> = {
  delong: "DeLong's, with Newcombe's at the border",
  'bootstrap-border': "a stratified bootstrap's with score intervals at the border",
  bootstrap: "a stratified bootstrap's",
};

/** Note below every table: what the numbers are, which class is positive, what the intervals are, and what data chose settings. */
export function metricsNote({
  metrics,
  cells,
  protocol,
}: Pick<Results, 'metrics' | 'cells' | 'protocol'>): string {
  const oodPositive = metrics.filter(({ positive }) => positive === 'ood').map(({ title }) => title);
  const except = oodPositive.length === 0 ? '' : ` (${oodPositive.join(', ')}: OOD)`;
  return `In percent. ID is the positive class${except}.${intervalsNote({ metrics, cells })} ${choiceNote(protocol)}`;
}

const choiceNote = ({ criterion }: Results['protocol']): string =>
  criterion === null
    ? 'No data chose a setting: each method has its own.'
    : `Settings are chosen by the ${criterion} on validation samples of each pair, ID and OOD.`;

function intervalsNote({ metrics, cells: [cell] }: Pick<Results, 'metrics' | 'cells'>): string {
  if (cell === undefined) return '';
  const [first, ...others] = metrics.map(({ key, title }) => ({ title, how: metricOf(cell, key).how }));
  if (first === undefined) return '';
  const kinds = [...new Set(others.map(({ how }) => how))];
  const rest = kinds.map((kind) => {
    const titles = others.filter(({ how }) => how === kind).map(({ title }) => title);
    return `, ${kinds.length === 1 && titles.length > 1 ? 'the others' : titles.join(' and ')} ${INTERVALS[kind]}`;
  });
  return ` ${first.title} has a 95 % interval (${INTERVALS[first.how]})${rest.join('')}.`;
}
