import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DASHBOARDS } from '../src/dashboards/catalog.js';
import { METRICS, type MetricName, rowOf } from '../src/metric-table.js';
import { metricsPage } from '../src/metrics-page.js';
import { ALERTS } from '../src/rules/catalog.js';
import { RECORDING_RULES } from '../src/rules/recording.js';
import { minutesOf } from '../src/rules/rule.js';
import { rulesFile } from '../src/rules/rules-file.js';
import { runbookPages } from '../src/rules/runbook.js';
import { NODE_METRICS } from '../src/table/common.js';

const isName = (name: string): name is MetricName => Object.hasOwn(METRICS, name);
const NAMES = Object.keys(METRICS).filter(isName);
const minutes = minutesOf(1);

const EXPRESSIONS = [
  ...DASHBOARDS.flatMap(({ title, panels }) =>
    panels.flatMap((panel) => panel.queries.map(({ expr }) => [`${title}: ${panel.title}`, expr] as const)),
  ),
  ...RECORDING_RULES.map(({ name, expr }) => [name, expr(minutes)] as const),
  ...ALERTS.map(({ name, expr }) => [name, expr(minutes)] as const),
];

/** Names of metrics in an expression, without what Prometheus puts behind those of histograms. */
function metricsIn(expr: string): readonly string[] {
  return [...expr.matchAll(/\boodgrid_\w+/g)].map(([name]) =>
    isName(name) ? name : name.replace(/_(bucket|sum|count)$/, ''),
  );
}

describe('a metric', () => {
  it.each(NAMES)('%s is named as Prometheus wants it', (name) => {
    const { kind, unit, help, labels } = rowOf(name);
    expect(name).toMatch(/^oodgrid_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    if (unit === 'seconds' || unit === 'bytes')
      expect(name.replace(/_total$/, '')).toMatch(new RegExp(`_${unit}$`));
    expect(help).toMatch(/^\S.*[^.]$/);
    for (const label of Object.keys(labels)) expect(label).toMatch(/^[a-z]+$/);
  });

  it('of a run, and nothing else, names runs; none names workers or tasks', () => {
    for (const name of NAMES) {
      const labels = Object.keys(rowOf(name).labels);
      expect(labels.includes('run')).toBe(name.startsWith('oodgrid_run_'));
      expect(labels).not.toContain('worker');
      expect(labels).not.toContain('task');
      if (rowOf(name).kind === 'histogram') expect(labels).not.toContain('run');
    }
  });
});

describe('dashboards and rules', () => {
  it.each(EXPRESSIONS)('%s asks for metrics of the table, by labels that they have', (_where, expr) => {
    const names = metricsIn(expr);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(isName(name) || Object.hasOwn(NODE_METRICS, name), name).toBe(true);
    for (const [, name = '', selector = ''] of expr.matchAll(/\b(oodgrid_\w+)\{([^}]*)\}/g)) {
      const [metric = ''] = metricsIn(name);
      const labels = isName(metric) ? Object.keys(rowOf(metric).labels) : [];
      for (const [label] of selector.matchAll(/\w+(?=\s*[=!])/g)) expect(labels, expr).toContain(label);
    }
  });

  it('look at every metric, so that none is there in vain', () => {
    const used = new Set(EXPRESSIONS.flatMap(([, expr]) => metricsIn(expr)));
    expect(NAMES.filter((name) => !used.has(name))).toEqual([]);
  });

  it('have a name of their own each', () => {
    const names = [...ALERTS.map(({ name }) => name), ...DASHBOARDS.map(({ uid }) => uid)];
    expect(new Set(names).size).toBe(names.length);
  });
});

it('the files that are made of the table are fresh: "npm run generate" makes them', () => {
  const root = new URL('../../../', import.meta.url);
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
  const pages = runbookPages();
  for (const [path, text] of pages) expect(read(path)).toBe(text);
  expect(readdirSync(new URL('docs/runbook', root)).sort()).toEqual(
    [...pages.keys()].map((path) => path.replace('docs/runbook/', '')).sort(),
  );
  expect(read('deploy/prometheus/rules.yml')).toBe(rulesFile());
  expect(read('docs/metrics.md')).toBe(metricsPage());
});
