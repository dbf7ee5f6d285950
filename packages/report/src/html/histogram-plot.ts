import { scaleLinear } from 'd3-scale';
import { area, curveStep } from 'd3-shape';
import { MARGIN, plotSvg } from './plot-frame.js';

const BINS = 50;
/** Scores beyond these quantiles fall into the outermost bins, so that a few extremes do not squeeze the rest. */
const CLIP = 0.005;

interface HistogramOptions {
  readonly label: string;
  readonly width: number;
  readonly height: number;
}

/** Share of ID and OOD samples per bin of the score. */
export function histogramPlot(id: Float64Array, ood: Float64Array, options: HistogramOptions): string {
  const { width, height } = options;
  const [low, high] = clippedRange(id, ood);
  const idShares = shares(id, low, high);
  const oodShares = shares(ood, low, high);
  const top = Math.max(...idShares, ...oodShares);
  const x = scaleLinear([low, high], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear([0, top], [height - MARGIN.bottom, MARGIN.top]);
  const shape = area<number>()
    .x((_, bin) => x(low + ((bin + 0.5) * (high - low)) / BINS))
    .y0(y(0))
    .y1((share) => y(share))
    .curve(curveStep)
    .digits(1);
  const body = `<path class="area ood" d="${shape(oodShares) ?? ''}"/><path class="area id" d="${shape(idShares) ?? ''}"/>`;
  return plotSvg(
    {
      ...options,
      x,
      y,
      xTitle: 'score (higher = more in-distribution)',
      yTitle: 'share of samples',
      formatX: x.tickFormat(5, '.3~g'),
    },
    body,
  );
}

function clippedRange(id: Float64Array, ood: Float64Array): readonly [number, number] {
  const scores = new Float64Array(id.length + ood.length);
  scores.set(id);
  scores.set(ood, id.length);
  const all = scores.filter(Number.isFinite).sort();
  const at = (quantile: number) => all[Math.round(quantile * (all.length - 1))] ?? 0;
  const low = at(CLIP);
  const high = at(1 - CLIP);
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

function shares(scores: Float64Array, low: number, high: number): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const score of scores) {
    const bin = Math.floor(((score - low) / (high - low)) * BINS);
    const clipped = Math.min(BINS - 1, Math.max(0, bin));
    counts[clipped] = (counts[clipped] ?? 0) + 1;
  }
  return counts.map((count) => count / Math.max(1, scores.length));
}
