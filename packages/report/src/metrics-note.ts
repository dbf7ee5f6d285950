import { type IntervalKind, metricOf, type Results } from '@oodgrid/contract';

/** Explanations of intervals, after one metric and after several. */
const INTERVALS: Readonly<Record<IntervalKind, string>> = {
  delong: "DeLong's, with Newcombe's at the border",
  'bootstrap-border': "a stratified bootstrap's with score intervals at the border",
  bootstrap: "a stratified bootstrap's",
};

/** Note below every table: what the numbers are, which class is positive, what the intervals are, and what data chose settings. */
export function metricsNote(results: Pick<Results, 'metrics' | 'cells' | 'protocol'>): string {
  const { metrics, cells, protocol } = results;
  const oodPositive = metrics.filter(({ positive }) => positive === 'ood').map(({ title }) => title);
  const except = oodPositive.length === 0 ? '' : ` (${oodPositive.join(', ')}: OOD)`;
  return `In percent. ID is the positive class${except}.${spectrumNote(protocol)}${countedNote(metrics)}${intervalsNote({ metrics, cells })} ${choiceNote(protocol, cells)}`;
}

/** Where ID test samples come from beside the ID set. */
const spectrumNote = ({ fullSpectrum }: Results['protocol']): string =>
  fullSpectrum === undefined
    ? ''
    : ` Full spectrum: the samples of ${fullSpectrum.map((name) => `"${name}"`).join(', ')} are ID test samples too.`;

/** What metrics count beside their positive class, those with one note together. */
function countedNote(metrics: Results['metrics']): string {
  const notes = [...new Set(metrics.flatMap(({ note }) => note ?? []))];
  return notes
    .map((note) => {
      const titles = metrics.filter((metric) => metric.note === note).map(({ title }) => title);
      return ` ${titles.join(', ')}: ${note}.`;
    })
    .join('');
}

/** What data chose settings, and whether they are of what is tested. */
function choiceNote({ criterion, chosenOn }: Results['protocol'], cells: Results['cells']): string {
  if (criterion === null) return 'No data chose a setting: each method has its own.';
  if (chosenOn === 'id')
    return `Settings are chosen on ID samples alone, which are not tested: by the ${criterion} of those that are classified rightly against the others.`;
  if (chosenOn === undefined || chosenOn === 'none')
    return `Settings are chosen by the ${criterion} on validation samples of each pair, ID and OOD: of the OOD set that is tested, other samples.`;
  const isTested = cells.some(({ ood }) => ood === chosenOn.ood);
  const tested = isTested ? '. THAT SET IS TESTED TOO: its numbers are better than they should be' : '';
  return `Settings are chosen by the ${criterion} of ID samples that are not tested against the OOD set "${chosenOn.ood}"${tested}.`;
}

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
