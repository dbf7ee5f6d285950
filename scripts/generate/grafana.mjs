import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as LinesPanel } from '@grafana/grafana-foundation-sdk/timeseries';

/** Data source of the panels: selected above them. */
const DATA_SOURCE = { type: 'prometheus', uid: `\${datasource}` };
/** Of 24 columns. */
const WIDTH = { stat: 8, lines: 12, stacked: 12, table: 12 };
const HEIGHT = { stat: 5, lines: 8, stacked: 8, table: 8 };

/** The dashboard as JSON, as Grafana imports and provisions it. */
export function grafanaDashboard({ uid, title, help, variables, panels }) {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(help)
    .tags(['ood-grid'])
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const { name, label, metric } of variables) {
    dashboard.withVariable(
      new QueryVariableBuilder(name)
        .label(label)
        .datasource(DATA_SOURCE)
        .query(`label_values(${metric}, ${name})`)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue('.*'),
    );
  }
  for (const panel of panels) dashboard.withPanel(panelOf(panel));
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`;
}

function panelOf({ title, help, kind, unit, queries }) {
  const panel = kind === 'stat' ? new StatPanel() : kind === 'table' ? new TablePanel() : new LinesPanel();
  panel
    .title(title)
    .description(help)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .span(WIDTH[kind])
    .height(HEIGHT[kind]);
  if (kind === 'stacked') panel.fillOpacity(40).stacking({ build: () => ({ mode: 'normal', group: 'A' }) });
  for (const [i, { expr, legend }] of queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + i))
      .expr(expr)
      .legendFormat(legend);
    panel.withTarget(kind === 'lines' || kind === 'stacked' ? query.range() : query.instant());
  }
  return panel;
}
