import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Imports allowed between our packages (docs/architecture.md). */
const ALLOWED = {
  contract: [],
  metrics: ['contract'],
  stats: [],
  protocols: ['contract', 'stats'],
  formats: ['contract'],
  datasets: ['contract', 'stats', 'formats'],
  models: ['contract', 'stats', 'formats'],
  methods: ['contract', 'stats', 'models'],
  grid: ['contract', 'datasets', 'protocols', 'models', 'methods', 'report'],
  engine: ['contract', 'stats', 'formats', 'datasets', 'models', 'methods'],
  transport: ['contract'],
  coordinator: ['contract', 'metrics', 'protocols', 'stats', 'transport'],
  worker: ['contract', 'metrics', 'engine', 'transport'],
  report: ['contract', 'stats'],
  cli: [
    'contract',
    'metrics',
    'stats',
    'formats',
    'datasets',
    'models',
    'methods',
    'grid',
    'engine',
    'transport',
    'protocols',
    'coordinator',
    'worker',
    'report',
  ],
};

/** The only sub-paths that a package offers beside its main entry. */
const ENTRIES = new Set(['@oodgrid/engine/compute', '@oodgrid/metrics/files', '@oodgrid/contract/wire']);

/** Packages that compute with the tensor library that engine passes in: they may name its types, and load nothing. */
const TENSOR_TYPES = new Set(['models', 'methods']);

function isTypeImport(packageName, text, specifier) {
  if (!TENSOR_TYPES.has(packageName)) return false;
  const erased = text.matchAll(/^import type [^;]*?from '([^']+)'|typeof import\('([^']+)'\)/gm);
  const ofIt = [...erased].filter(([, from, of]) => (from ?? of) === specifier);
  return ofIt.length === text.split(`'${specifier}'`).length - 1;
}

/** Lines that break the table, for one source text. */
function violations(packageName, file, text) {
  const found = [];
  for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    const match = /^@oodgrid\/([\w-]+)(\/.*)?$/.exec(specifier);
    if (match !== null) {
      const [, target, path] = match;
      if (!ALLOWED[packageName].includes(target))
        found.push(`${file}: ${packageName} may not import ${specifier}`);
      if (path !== undefined && !ENTRIES.has(specifier)) found.push(`${file}: deep import ${specifier}`);
    }
    if (
      packageName !== 'engine' &&
      specifier.startsWith('@tensorflow/') &&
      !isTypeImport(packageName, text, specifier)
    )
      found.push(`${file}: only engine imports ${specifier}`);
  }
  return found;
}

/** Documentation that says otherwise than the table: the package's README, and its line in docs/architecture.md. */
function staleDocumentation(root, name, architecture) {
  const allowed = ALLOWED[name];
  const isAll = allowed.length === Object.keys(ALLOWED).length - 1;
  const quoted = allowed.map((other) => `\`${other}\``).join(', ');
  const imports = isAll ? 'any of ours' : quoted || 'nothing of ours';
  const column = isAll ? 'all' : allowed.join(', ') || '-';
  const ofReadme = `May import ${imports}. Tests: \`npx vitest run packages/${name}\`.`;
  const readme = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
  const isInTable = (line) => line.startsWith(`| \`${name}\` |`) && line.endsWith(`| ${column} |`);
  return [
    ...(readme.includes(ofReadme) ? [] : [`packages/${name}/README.md: expected "${ofReadme}"`]),
    ...(architecture.some(isInTable)
      ? []
      : [`docs/architecture.md: expected ${name} to end with "| ${column} |"`]),
  ];
}

export function checkBoundaries(root) {
  const architecture = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8').split('\n');
  const found = Object.keys(ALLOWED).flatMap((name) => staleDocumentation(root, name, architecture));
  for (const name of Object.keys(ALLOWED)) {
    const source = join(root, 'packages', name, 'src');
    if (!existsSync(source)) continue;
    for (const path of readdirSync(source, { recursive: true })) {
      if (!path.endsWith('.ts')) continue;
      found.push(
        ...violations(name, join('packages', name, 'src', path), readFileSync(join(source, path), 'utf8')),
      );
    }
  }
  if (found.length > 0) throw new Error(found.join('\n'));
}
