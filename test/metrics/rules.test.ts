import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALERTS, rulesFile, runbookPath } from '@oodgrid/metrics/files';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { promtool } from '../support/prometheus.js';
import { ALERT_CASES } from './alert-cases.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One test of promtool: the series as they are for some hours, and the alerts that fire at a minute. */
interface RuleTest {
  readonly series: Readonly<Record<string, string>>;
  readonly minute: number;
  readonly fires: readonly { readonly alert: string; readonly labels: Readonly<Record<string, string>> }[];
  /** Alerts that are looked at. */
  readonly of: readonly string[];
}

async function check(name: string, { series, minute, fires, of }: RuleTest) {
  const rules = join(folder, 'rules.yml');
  const file = join(folder, `${name}.yml`);
  writeFileSync(rules, rulesFile());
  const test = {
    rule_files: [rules],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
        alert_rule_test: of.map((alertname) => ({
          eval_time: `${minute}m`,
          alertname,
          exp_alerts: fires
            .filter(({ alert }) => alert === alertname)
            .map(({ labels }) => ({ exp_labels: labels, exp_annotations: annotationsOf(alertname, labels) })),
        })),
      },
    ],
  };
  writeFileSync(file, JSON.stringify(test));
  return promtool(['test', 'rules', file]);
}

/** Promtool wants them word for word; `value` is what the case says that it comes to. */
function annotationsOf(name: string, labels: Readonly<Record<string, string>>) {
  const alert = ALERTS.find((one) => one.name === name);
  if (alert === undefined) throw new Error(`there is no alert ${name}`);
  const value = ALERT_CASES[name]?.value ?? '';
  const summary = alert.summary
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_all, label: string) => labels[label] ?? '')
    .replaceAll(/\{\{ \$value[^}]* \}\}/g, value);
  return { summary, description: alert.meaning, runbook_url: runbookPath(name) };
}

it('the rules and the example of a configuration are what Prometheus takes', async () => {
  const prometheus = join(ROOT, 'deploy', 'prometheus');
  expect(await promtool(['check', 'rules', join(prometheus, 'rules.yml')])).toMatchObject({ code: 0 });
  expect(await promtool(['check', 'config', join(prometheus, 'prometheus.yml')])).toMatchObject({ code: 0 });
});

it('every alert has a case, and a page of the runbook', () => {
  expect(Object.keys(ALERT_CASES).sort()).toEqual(ALERTS.map(({ name }) => name).sort());
  for (const { name } of ALERTS) {
    expect(readFileSync(join(ROOT, runbookPath(name)), 'utf8')).toContain(`# ${name}\n`);
  }
});

describe.each(Object.entries(ALERT_CASES))('%s', (name, { fires, quiet, labels, minute }) => {
  const severity = ALERTS.find((one) => one.name === name)?.severity ?? '';

  it('fires', async () => {
    const expected = { alert: name, labels: { severity, ...labels } };
    const { code, text } = await check(`${name}-fires`, {
      series: fires,
      minute,
      fires: [expected],
      of: [name],
    });
    expect(text).not.toMatch(/FAILED/);
    expect(code).toBe(0);
  });

  it('does not where all is well, nor at once', async () => {
    const well = await check(`${name}-quiet`, { series: quiet, minute, fires: [], of: [name] });
    expect(well.text).not.toMatch(/FAILED/);
    const early = await check(`${name}-early`, { series: fires, minute: 0, fires: [], of: [name] });
    expect(early.text).not.toMatch(/FAILED/);
  });
});
