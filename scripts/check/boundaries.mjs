import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What each package may import of ours (docs/architecture.md). */
const ALLOWED = {
  protocol: [],
  metrics: ['protocol'],
  stats: [],
  protocols: ['protocol', 'stats'],
  formats: ['protocol'],
  datasets: ['protocol', 'formats'],
  models: ['protocol', 'stats', 'formats'],
  methods: ['protocol', 'stats', 'models'],
  grid: ['protocol', 'protocols', 'methods', 'models', 'report'],
  engine: ['protocol', 'stats', 'formats', 'datasets', 'models', 'methods'],
  transport: ['protocol'],
  coordinator: ['protocol', 'metrics', 'stats', 'protocols', 'transport'],
  worker: ['protocol', 'metrics', 'engine', 'transport'],
  report: ['protocol', 'stats'],
  cli: [
    'protocol',
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
const ENTRIES = new Set(['@oodgrid/engine/compute', '@oodgrid/protocol/wire']);

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

export function checkBoundaries(root) {
  const found = [];
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
