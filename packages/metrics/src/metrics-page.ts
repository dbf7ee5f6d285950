import type { LabelValues } from './metric-row.js';
import { metricsOf, rowOf } from './metric-table.js';
import { mostSeries } from './sample-set.js';
import { NODE_METRICS } from './table/common.js';

/** docs/metrics.md: the table, for people. */
export function metricsPage(): string {
  return `# Metrics

What \`serve --metrics HOST:PORT\` and \`worker --metrics HOST:PORT\` offer to Prometheus under \`/metrics\`. Labels have the values that
are listed, or at most so many different ones in a scrape: what is beyond is counted as \`other\`, or left out.

## Coordinator

${table('coordinator')}

## Worker

${table('worker')}

## Node

What \`prom-client\` tells of a Node process, with the prefix \`oodgrid_\`; those that dashboards and rules use:

| metric | |
| --- | --- |
${Object.entries(NODE_METRICS)
  .map(([name, help]) => `| \`${name}\` | ${help} |`)
  .join('\n')}
`;
}

function table(program: 'coordinator' | 'worker'): string {
  const rows = metricsOf(program).map((name) => {
    const { kind, unit, help, labels } = rowOf(name);
    const listed = Object.entries<LabelValues>(labels).map(
      ([label, values]) => `\`${label}\`: ${text(values)}`,
    );
    return `| \`${name}\` | ${kind}, ${unit} | ${help} | ${listed.join('; ')} | ${mostSeries(name)} |`;
  });
  return ['| metric | | | labels | series at most |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

const text = (values: LabelValues): string =>
  'most' in values ? `at most ${values.most}` : values.join(', ');
