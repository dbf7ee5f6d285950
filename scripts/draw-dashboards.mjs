import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { panelSvg } from './dashboards/panel-svg.mjs';
import { ROOT } from './setup.mjs';

// Draws the panels of every dashboard from a Prometheus, one SVG a dashboard, to look at them without a Grafana:
// node scripts/draw-dashboards.mjs --prometheus http://127.0.0.1:9090 --minutes 10 --out docs/img
const { values } = parseArgs({
  options: {
    prometheus: { type: 'string', default: 'http://127.0.0.1:9090' },
    minutes: { type: 'string', default: '10' },
    out: { type: 'string', default: join('docs', 'img') },
  },
});
const { DASHBOARDS } = await import(
  pathToFileURL(join(ROOT, 'packages', 'metrics', 'dist', 'files.js')).href
);
const COLUMNS = 3;
const PANEL = { width: 460, height: 260 };
const seconds = Math.round(60 * Number(values.minutes));
const end = Date.now() / 1000;
const start = end - seconds;

/** Fills in the variables of an expression: everything is selected, and rates cover a minute at most. */
const filledIn = (expr) =>
  expr
    .replaceAll(/\$(run|pool)\b/g, '.*')
    .replaceAll('$__rate_interval', `${Math.max(5, Math.min(60, Math.round(seconds / 10)))}s`)
    .replaceAll('$__range_s', String(seconds))
    .replaceAll('$__range', `${seconds}s`);

async function seriesOf({ expr, legend }) {
  const step = Math.max(1, Math.round(seconds / 200));
  const body = new URLSearchParams({ query: filledIn(expr), start, end, step });
  const response = await fetch(`${values.prometheus}/api/v1/query_range`, { method: 'POST', body });
  const { status, error, data } = await response.json();
  if (status !== 'success') throw new Error(`${expr}: ${error}`);
  return data.result.map(({ metric, values: points }) => ({
    name: legend.replaceAll(/\{\{(\w+)\}\}/g, (_all, label) => metric[label] ?? ''),
    points: points
      .map(([time, value]) => [time, Number(value)])
      .filter(([, value]) => Number.isFinite(value)),
  }));
}

mkdirSync(values.out, { recursive: true });
for (const { uid, title, panels } of DASHBOARDS) {
  const drawn = [];
  for (const [i, panel] of panels.entries()) {
    const series = (await Promise.all(panel.queries.map(seriesOf))).flat();
    const x = (i % COLUMNS) * PANEL.width;
    const y = 40 + Math.floor(i / COLUMNS) * PANEL.height;
    drawn.push(
      `<g transform="translate(${x} ${y})">${panelSvg(panel, series, { start, end, ...PANEL })}</g>`,
    );
  }
  const height = 40 + Math.ceil(panels.length / COLUMNS) * PANEL.height;
  const width = COLUMNS * PANEL.width;
  const file = join(values.out, `${uid}.svg`);
  writeFileSync(
    file,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="12" y="26" font-size="18" font-weight="bold">${title}</text>
${drawn.join('\n')}
</svg>
`,
  );
  process.stdout.write(`${file}\n`);
}
