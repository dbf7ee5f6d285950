import { FAMILIES, type MetricFamily, PROTOCOLS, type Protocol } from '@oodgrid/protocols';
import { REPORT_FORMATS } from '@oodgrid/report';
import { expect, it } from 'vitest';

function metricsOf({ name, selection, metrics }: Protocol): string[] {
  const rows = metrics.map(
    ({ key, title, isLowerBetter, positive }) =>
      `| ${title} | \`${key}\` | ${isLowerBetter ? 'lower' : 'higher'} | ${positive.toUpperCase()} |`,
  );
  return [
    `Metrics of the protocol \`${name}\`${selection === null ? '' : `, which selects settings by ${selection.criterion}`}:`,
    '',
    '| metric | key | better | positive class |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

/** A table row for each metric of a family, and for what it measures of models. */
function familyRows({ name, metrics, isOfModels }: MetricFamily): string[] {
  const rows = metrics.map(
    ({ key, title, isLowerBetter, note = '' }) =>
      `| \`${name}\` | ${title} | \`${key}\` | ${isLowerBetter ? 'lower' : 'higher'} | ${note} |`,
  );
  return isOfModels ? [...rows, `| \`${name}\` | ECE | \`calibration\` of \`accuracies\` | lower | |`] : rows;
}

/** docs/formats.md, from the catalogs. */
function page(): string {
  const files = REPORT_FORMATS.flatMap(({ name, files }) =>
    files.map((file) => `| \`${name}\` | \`${file.name}\` | ${file.holds} |`),
  );
  return [
    '# Formats of results',
    '',
    '<!-- Generated from the catalogs of formats and protocols: npx vitest run packages/cli -u -->',
    '',
    "A grid's `outputs.formats` names those that are written; left out, all are. `results.json`, `scores/` and `references.bib` always are.",
    '',
    '| format | file | what it holds |',
    '| --- | --- | --- |',
    ...files,
    '',
    '## results.json',
    '',
    'Its schema is `oodgrid.results/v2` (`schemas/submit.output.schema.json`). `protocol` names the protocol and what it selected settings by,',
    "`metrics` says of each metric its key, title, direction and positive class, in the order of tables. A cell's `metrics` has an `estimate` for",
    'each key, the ends of its 95 % `interval`, and `how` that was made ([intervals.md](intervals.md)). `hyperparameters` has the chosen setting and',
    "the `criteria` of all, `combination` how the method's columns became one score, `counts` how many samples fitted, selected and tested.",
    '',
    '`groupMeans` has the mean AUROC of each row over the OOD sets of a [group](grid.md#protocol-openood), for each model, with the interval and the paired test of the',
    'mean; `accuracies` those of the models on the ID test sets, and their `calibration` where a grid asks for it; `comparisons` the paired tests of rows.',
    '',
    ...PROTOCOLS.flatMap(metricsOf),
    "Metrics that a grid asks for by [`measure`](grid.md#more-than-detection); they come behind the protocol's:",
    '',
    '| family | metric | key | better | |',
    '| --- | --- | --- | --- | --- |',
    ...FAMILIES.flatMap(familyRows),
    '',
    'Results of version 1 are read as well, by everything that reads results: their numbers stay as they were, and `convertedFrom` says that their',
    'digest is of that version.',
    '',
    'The `digest` is the SHA-256 of canonical JSON of `accuracies` without what cards say, `cells` without their seconds, `comparisons`, `grid`,',
    "`metrics` and `protocol`; scores are in it by their hashes. Version 1's had neither `metrics` nor `protocol`, and version 1's form of cells: the",
    'same run has another digest in each version, with the same numbers and the same hashes of scores.',
    '',
  ].join('\n');
}

it('docs/formats.md has every format, its files and every metric', async () => {
  await expect(page()).toMatchFileSnapshot('../../../docs/formats.md');
});
