import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  aurocInterval,
  BootstrapDraws,
  bootstrapRanked,
  metricsOfNormals,
  NumpyRandomState,
  normalScores,
  placementsOf,
  rankScores,
  withBorder,
} from '@oodgrid/stats';

const METRICS = ['auroc', 'auprIn', 'auprOut', 'fpr80', 'fpr95', 'detacc'];
/** Standard deviations between the sides: none, AUROC 0.64, 0.76, 0.92, 0.983, 0.998, perfect. */
const SHIFTS = [0, 0.5, 1, 2, 3, 4, Number.POSITIVE_INFINITY];
/** ID and OOD samples. */
const SIZES = ['5x5', '20x20', '100x100', '1000x100', '1000x1000'];

/** Share of trials whose interval holds the truth, of the intervals and of the bootstrap alone, and how much wider they are than it. */
function coverage([n, m], shift, spread, trials, replicates) {
  const random = new NumpyRandomState(1000 + n + m);
  const draws = new BootstrapDraws(1, replicates, n, m);
  const truth = metricsOfNormals(shift, m / n, spread);
  const sums = Object.fromEntries(
    METRICS.map((name) => [name, { held: 0, alone: 0, width: 0, aloneWidth: 0 }]),
  );
  const holds = ({ low, high }, value) => (low <= value && value <= high ? 1 : 0);
  for (let trial = 0; trial < trials; trial++) {
    const ranked = rankScores(
      normalScores(random, n, Math.min(shift, 50)),
      normalScores(random, m, 0).map((x) => x * spread),
    );
    const auroc = aurocInterval(placementsOf(ranked));
    const [alone] = bootstrapRanked([ranked], draws);
    const intervals = { auroc, ...withBorder(ranked, auroc, alone) };
    for (const name of METRICS) {
      const own = intervals[name];
      const other = alone[name] ?? auroc;
      const sum = sums[name];
      sum.held += holds(own, truth[name]) / trials;
      sum.alone += holds(other, truth[name]) / trials;
      sum.width += (own.high - own.low) / trials;
      sum.aloneWidth += (other.high - other.low) / trials;
    }
  }
  return sums;
}

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '1000' },
    replicates: { type: 'string', default: '500' },
    sizes: { type: 'string', default: SIZES.join() },
    into: { type: 'string' },
    spread: { type: 'string', default: '1' },
    shifts: { type: 'string', default: SHIFTS.join() },
  },
});
const percent = (share) => (100 * share).toFixed(1);
const [trials, replicates] = [Number(values.trials), Number(values.replicates)];
const lines = [
  `| ID x OOD | shift | ${METRICS.join(' | ')} |`,
  `| --- | --- |${METRICS.map(() => ' --- |').join('')}`,
];
let worst = 1;
for (const size of values.sizes.split(',')) {
  for (const shift of values.shifts.split(',').map(Number)) {
    const sums = coverage(size.split('x').map(Number), shift, Number(values.spread), trials, replicates);
    const cells = METRICS.map((name) => {
      const { held, alone, width, aloneWidth } = sums[name];
      worst = Math.min(worst, held);
      if (name === 'auroc') return percent(held);
      const wider = aloneWidth < 1e-6 ? '' : `, x${(width / aloneWidth).toFixed(2)}`;
      return `${percent(held)} (${percent(alone)}${wider})`;
    });
    const where = shift === Number.POSITIVE_INFINITY ? 'perfect' : shift;
    lines.push(`| ${size} | ${where} | ${cells.join(' | ')} |`);
    process.stderr.write(`${lines.at(-1)}\n`);
  }
}
lines.push(
  '',
  `${trials} trials of ${replicates} replicates each; the lowest coverage is ${percent(worst)} %.`,
);
const table = `${lines.join('\n')}\n`;
if (values.into === undefined) process.stdout.write(table);
else {
  const page = readFileSync(values.into, 'utf8');
  writeFileSync(values.into, page.replace(/(<!-- coverage -->\n)[\s\S]*?(<!-- end -->)/, `$1${table}$2`));
}
