import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { grafanaDashboard } from './grafana.mjs';
import { openoodExample } from './openood-example.mjs';

/** Schemas, pages of documentation, the grid of all methods, dashboards and rules as the compiled code makes them, by path from the root. */
export async function generatedFiles(root) {
  const load = (name, entry = 'index') =>
    import(pathToFileURL(join(root, 'packages', name, 'dist', `${entry}.js`)).href);
  const { METHODS, methodPages } = await load('methods');
  const { schemaFiles } = await load('cli');
  const { DASHBOARDS, metricsPage, rulesFile, runbookPages } = await load('metrics', 'files');
  const schemas = [...schemaFiles()].map(([name, schema]) => [
    `schemas/${name}.schema.json`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  const pages = [...methodPages(referenceScripts(root), otherLibraries(root))].map(([name, text]) => [
    `docs/methods/${name}`,
    text,
  ]);
  const dashboards = DASHBOARDS.map((one) => [`deploy/grafana/${one.uid}.json`, grafanaDashboard(one)]);
  return new Map([
    ...schemas,
    ...pages,
    ...dashboards,
    ...runbookPages(),
    ['examples/openood-fmnist.yaml', openoodExample(METHODS)],
    ['deploy/prometheus/rules.yml', rulesFile()],
    ['deploy/k8s/components/monitoring/rules.yaml', prometheusRule(rulesFile())],
    ['docs/metrics.md', metricsPage()],
  ]);
}

/** Returns, by method, how its reference values are computed: the docstring of the script, between name and command. */
function referenceScripts(root) {
  const folder = join(root, 'packages/engine/test/methods/reference');
  const scripts = readdirSync(folder).filter(
    (name) => name.endsWith('.py') && existsSync(join(folder, name.replace(/py$/, 'json'))),
  );
  return new Map(
    scripts.map((name) => {
      const [, said] =
        /^"""Writes \S+ beside it: ([\s\S]*?) Run: /.exec(readFileSync(join(folder, name), 'utf8')) ?? [];
      if (said === undefined)
        throw new Error(`${name}: its docstring is not 'Writes X beside it: HOW. Run: COMMAND'`);
      return [name.slice(0, -3), said.replaceAll(/\s+/g, ' ')];
    }),
  );
}

/** What other libraries give on the same features, by method: a sentence for each detector of theirs. */
function otherLibraries(root) {
  const read = (name) =>
    JSON.parse(readFileSync(join(root, 'test/conformance/third-party', `${name}.json`), 'utf8'));
  const relations = read('relations');
  const lines = new Map();
  for (const { library, version, results } of ['pytorch-ood', 'openood'].map(read)) {
    for (const { method, setting, by } of results) {
      const { relation, because } =
        relations.find(
          (one) =>
            one.library === library &&
            one.method === method &&
            (one.setting === undefined || Object.values(setting).includes(one.setting)),
        ) ?? {};
      const what = { ranks: 'the same ranks', differs: 'other scores' }[relation] ?? 'the same scores';
      const under = Object.entries(setting).map(([key, value]) => `${key} ${value}`);
      const line = `${what} as \`${by}\` of ${library} ${version}${under.length === 0 ? '' : ` (${under.join(', ')})`}${because === undefined ? '' : `: ${because}`}.`;
      lines.set(method, [...(lines.get(method) ?? []), `${line[0].toUpperCase()}${line.slice(1)}`]);
    }
  }
  return lines;
}

/** The same rules for the Prometheus operator. */
function prometheusRule(rules) {
  const [, header = '', groups = ''] = /^((?:#.*\n)*)([\s\S]*)$/.exec(rules) ?? [];
  const object =
    'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: ood-grid\nspec:\n';
  return `${header}${object}${groups.replaceAll(/^(?=.)/gm, '  ')}`;
}

/** Those that are not what the code makes. */
export async function staleFiles(root) {
  return [...(await generatedFiles(root))]
    .filter(
      ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
    )
    .map(([path]) => path);
}
