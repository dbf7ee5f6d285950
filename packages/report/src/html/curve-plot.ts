import type { Point } from '@oodgrid/stats';
import { thinCurve } from '@oodgrid/stats';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { MARGIN, plotSvg } from './plot-frame.js';

const MAX_POINTS = 300;

/** The points of a curve that are drawn. */
export const plottedCurve = (points: readonly Point[]): readonly Point[] => thinCurve(points, MAX_POINTS);

export interface Curve {
  readonly points: readonly Point[];
  /** Class of the style sheet: colour and dash. */
  readonly style: string;
}

export interface CurvePlotOptions {
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Draws the line of a detector that guesses. */
  readonly hasDiagonal: boolean;
}

/** Curves over the unit square. */
export function curvePlot(curves: readonly Curve[], options: CurvePlotOptions): string {
  const { width, height, hasDiagonal } = options;
  const x = scaleLinear([0, 1], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear([0, 1], [height - MARGIN.bottom, MARGIN.top]);
  const path = line<Point>(
    ([value]) => x(value),
    ([, value]) => y(value),
  ).digits(1);
  const diagonal = hasDiagonal
    ? `<path class="diagonal" d="${
        path([
          [0, 0],
          [1, 1],
        ]) ?? ''
      }"/>`
    : '';
  const drawn = curves.map(
    ({ points, style }) => `<path class="curve ${style}" d="${path(thinCurve(points, MAX_POINTS)) ?? ''}"/>`,
  );
  return plotSvg({ ...options, x, y }, diagonal + drawn.join(''));
}
