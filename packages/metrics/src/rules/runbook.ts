import { ALERTS } from './catalog.js';
import { type AlertRule, minutesOf } from './rule.js';

/** `OodGridNatsGone` -> `nats-gone` */
const pageName = (alert: string): string =>
  alert
    .replace(/^OodGrid/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-')
    .toLowerCase();

export const runbookPath = (alert: string): string => `docs/runbook/${pageName(alert)}.md`;

/** A page for each alert, and their list, by path. */
export function runbookPages(): ReadonlyMap<string, string> {
  const pages = ALERTS.map((alert) => [runbookPath(alert.name), page(alert)] as const);
  const list = ALERTS.map(
    ({ name, severity, meaning }) => `| [${name}](${pageName(name)}.md) | ${severity} | ${meaning} |`,
  );
  const index = `# Runbook

Every alert of \`deploy/prometheus/rules.yml\`: what it means, what to look at, what to do.

| alert | | |
| --- | --- | --- |
${list.join('\n')}
`;
  return new Map([['docs/runbook/README.md', index], ...pages]);
}

function page({ name, severity, expr, forMinutes, meaning, look, mend }: AlertRule): string {
  const minutes = minutesOf(1);
  return `# ${name}

${meaning}

**Look**

${steps(look)}

**Mend**

${steps(mend)}

It is ${severity === 'critical' ? '**critical**' : 'a warning'}, and fires when this holds for ${minutes(forMinutes)}:

\`\`\`
${expr(minutes)}
\`\`\`
`;
}

const steps = (list: readonly string[]): string => list.map((step, i) => `${i + 1}. ${step}`).join('\n');
