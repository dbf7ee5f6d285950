import { stringify } from 'yaml';
import { ALERTS } from './catalog.js';
import { RECORDING_RULES } from './recording.js';
import { type AlertRule, type Minutes, minutesOf } from './rule.js';
import { runbookPath } from './runbook.js';

const HEADER = '# Made by "npm run generate" from packages/metrics/src/rules: change them there.\n';

/** The file of rules for Prometheus 2.42 and later. `scale`: how many times shorter than written every duration is, for tests. */
export function rulesFile(scale = 1): string {
  const minutes = minutesOf(scale);
  const groups = [
    {
      name: 'ood-grid-recording',
      ...interval(scale),
      rules: RECORDING_RULES.map(({ name, expr }) => ({ record: name, expr: expr(minutes) })),
    },
    { name: 'ood-grid-alerts', ...interval(scale), rules: ALERTS.map((alert) => alertOf(alert, minutes)) },
  ];
  return HEADER + stringify({ groups }, { lineWidth: 0 });
}

const interval = (scale: number) => (scale === 1 ? {} : { interval: '1s' });

function alertOf({ name, expr, forMinutes, severity, summary, meaning }: AlertRule, minutes: Minutes) {
  return {
    alert: name,
    expr: expr(minutes),
    for: minutes(forMinutes),
    labels: { severity },
    annotations: { summary, description: meaning, runbook_url: runbookPath(name) },
  };
}
