import { METRIC_SPECS } from '@oodgrid/protocol';
import { REPORT_FORMATS } from '@oodgrid/report';
import { expect, it } from 'vitest';

/** docs/formats.md, from the catalogs. */
function page(): string {
  const files = REPORT_FORMATS.flatMap(({ name, files }) =>
    files.map((file) => `| \`${name}\` | \`${file.name}\` | ${file.holds} |`),
  );
  const metrics = METRIC_SPECS.map(
    ({ key, title, isLowerBetter, positive }) =>
      `| ${title} | \`${key}\` | ${isLowerBetter ? 'lower' : 'higher'} | ${positive.toUpperCase()} |`,
  );
  return [
    '# Formats of results',
    '',
    '<!-- Generated from the catalog of formats and the metric specifications: npx vitest run packages/cli -u -->',
    '',
    "A grid's `outputs.formats` names those that are written; left out, all are. `results.json`, `scores/` and `references.bib` always are.",
    '',
    '| format | file | what it holds |',
    '| --- | --- | --- |',
    ...files,
    '',
    'The metrics of every table; results.json has each with a 95 % interval:',
    '',
    '| metric | key | better | positive class |',
    '| --- | --- | --- | --- |',
    ...metrics,
    '',
  ].join('\n');
}

it('docs/formats.md has every format, its files and every metric', async () => {
  await expect(page()).toMatchFileSnapshot('../../../docs/formats.md');
});
