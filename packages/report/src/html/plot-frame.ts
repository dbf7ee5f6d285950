import type { ScaleLinear } from 'd3-scale';
import { escapeHtml } from './escape.js';

export interface PlotFrame {
  /** Text alternative for the picture. */
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly formatX?: (value: number) => string;
}

export const MARGIN = { top: 8, right: 12, bottom: 38, left: 46 } as const;

const TICKS = 5;
const rounded = (value: number) => Number(value.toFixed(2));

/** Axes, grid and titles around a picture's body. */
export function plotSvg(frame: PlotFrame, body: string): string {
  const {
    width,
    height,
    x,
    y,
    label,
    xTitle,
    yTitle,
    formatX = (value: number) => x.tickFormat(TICKS)(value),
  } = frame;
  const bottom = height - MARGIN.bottom;
  const right = width - MARGIN.right;
  const xTicks = x.ticks(TICKS).map((value) => {
    const at = rounded(x(value));
    return `<line class="grid" x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${bottom}"/><text x="${at}" y="${bottom + 15}" text-anchor="middle">${escapeHtml(formatX(value))}</text>`;
  });
  const yTicks = y.ticks(TICKS).map((value) => {
    const at = rounded(y(value));
    return `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}"/><text x="${MARGIN.left - 6}" y="${at + 4}" text-anchor="end">${escapeHtml(y.tickFormat(TICKS)(value))}</text>`;
  });
  const middle = (MARGIN.top + bottom) / 2;
  return [
    `<svg role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${width} ${height}">`,
    ...xTicks,
    ...yTicks,
    body,
    `<text class="title" x="${(MARGIN.left + right) / 2}" y="${height - 4}" text-anchor="middle">${escapeHtml(xTitle)}</text>`,
    `<text class="title" transform="translate(11 ${middle}) rotate(-90)" text-anchor="middle">${escapeHtml(yTitle)}</text>`,
    '</svg>',
  ].join('');
}
