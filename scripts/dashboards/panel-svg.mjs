const COLOURS = ['#1f77b4', '#d95f02', '#2ca02c', '#9467bd', '#8c564b', '#e377c2', '#17becf', '#bcbd22'];
const MAX_SERIES = 8;
const MARGIN = { left: 58, right: 12, top: 30, bottom: 82 };

const xml = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** A number in the unit of its panel, in few characters. */
function written(value, unit) {
  if (unit === 'percentunit') return `${(100 * value).toFixed(1)} %`;
  if (unit === 's' && value >= 86_400) return `${Number((value / 86_400).toPrecision(3))} d`;
  if (unit === 's')
    return value < 1 ? `${(1000 * value).toPrecision(3)} ms` : `${Number(value.toPrecision(4))} s`;
  if (unit === 'bytes' || unit === 'Bps') {
    const power = Math.min(4, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)));
    return `${(value / 1024 ** power).toPrecision(3)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
  }
  return String(Number(value.toPrecision(4)));
}

const last = ({ points }) => points.at(-1)?.[1] ?? Number.NaN;

/** One panel: its title, then lines over time, large numbers, or rows. `series`: name and points [time, value]. */
export function panelSvg({ title, kind, unit }, series, { width, height, start, end }) {
  const shown = series.filter(({ points }) => points.length > 0);
  const frame = `<rect x="4" y="2" width="${width - 8}" height="${height - 6}" fill="none" stroke="#ddd"/><text x="12" y="19" font-size="13" font-weight="bold">${xml(title)}</text>`;
  if (shown.length === 0) return `${frame}<text x="12" y="60" fill="#888">nothing in this time</text>`;
  if (kind === 'stat' || kind === 'table') return frame + rows(shown, unit, kind === 'stat' ? 20 : 12);
  return frame + lines(shown.slice(0, MAX_SERIES), unit, kind === 'stacked', { width, height, start, end });
}

function rows(series, unit, size) {
  return series
    .slice(0, Math.floor(200 / (size + 6)))
    .map((one, i) => {
      const y = 34 + size + i * (size + 6);
      const value = `<tspan font-size="${size}">${xml(written(last(one), unit))}</tspan>`;
      return `<text x="12" y="${y}">${value}  <tspan fill="#555">${xml(cut(one.name, 52))}</tspan></text>`;
    })
    .join('');
}

function lines(series, unit, isStacked, { width, height, start, end }) {
  const plotted = isStacked ? stacked(series) : series;
  const highest = Math.max(...plotted.flatMap(({ points }) => points.map(([, value]) => value)));
  // Where nothing is above 0 the axis still needs a height.
  const largest = highest > 0 ? highest : 1;
  const plotWidth = width - MARGIN.left - MARGIN.right;
  const plotHeight = height - MARGIN.top - MARGIN.bottom;
  const x = (time) => MARGIN.left + (plotWidth * (time - start)) / (end - start);
  const y = (value) => MARGIN.top + plotHeight * (1 - Math.max(0, value) / largest);
  const grid = [0, 0.5, 1].map((share) => {
    const at = y(share * largest);
    return `<line x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${at}" y2="${at}" stroke="#eee"/><text x="${MARGIN.left - 6}" y="${at + 4}" text-anchor="end" fill="#555">${xml(written(share * largest, unit))}</text>`;
  });
  const drawn = plotted.map(({ points }, i) => {
    const path = points.map(([time, value]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.5"/>`;
  });
  const legend = series.map((one, i) => {
    const at = height - MARGIN.bottom + 22 + 14 * (i % 4);
    const left = 12 + Math.floor(i / 4) * (width / 2 - 10);
    return `<rect x="${left}" y="${at - 8}" width="10" height="3" fill="${COLOURS[i % COLOURS.length]}"/><text x="${left + 15}" y="${at - 3}">${xml(cut(one.name, 30))}</text>`;
  });
  return [...grid, ...drawn, ...legend].join('');
}

/** Each line is the sum of itself and of those below, at the times that it has. */
function stacked(series) {
  const below = new Map();
  return series.map(({ name, points }) => ({
    name,
    points: points.map(([time, value]) => {
      const sum = (below.get(time) ?? 0) + value;
      below.set(time, sum);
      return [time, sum];
    }),
  }));
}
