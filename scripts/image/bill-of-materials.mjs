import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { recipeFor, TENSORFLOW } from '../engine/recipe.mjs';

/**
 * Bill of materials of an image in CycloneDX 1.6: our package, those of npm with the hashes of the lockfile, Node, TensorFlow, and the shared
 * libraries of the system with the hashes of their files.
 */
export function billOfMaterials(part, { root, into, packages, engine }) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const integrity = integrities(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));
  const components = [
    ...packages
      .filter(({ manifest }) => manifest.private !== true)
      .map((one) => npmComponent(one, integrity)),
    nodeComponent(join(into, 'usr/local/bin/node')),
    ...(engine === undefined ? [] : [tensorflowComponent()]),
    ...libraryComponents(into),
  ];
  const byRef = new Map(components.map((component) => [component['bom-ref'], component]));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'container',
        'bom-ref': `ood-grid-${part}@${version}`,
        name: `ood-grid-${part}`,
        version,
        licenses: [{ license: { id: 'MIT' } }],
      },
    },
    components: [...byRef.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
  };
}

/** `name@version` to the SHA-512 of its archive, base64, as the lockfile has it. */
function integrities(lockfile) {
  const found = lockfile.matchAll(
    /^ {2}'?((?:@[^@'\s]+\/)?[^@'\s]+@[^'\s]+?)'?:\n {4}resolution: \{integrity: sha512-([^}]+)\}/gm,
  );
  return new Map([...found].map(([, id, hash]) => [id, hash]));
}

function npmComponent({ manifest }, integrity) {
  const { name, version } = manifest;
  const hash = integrity.get(`${name}@${version}`);
  if (hash === undefined) throw new Error(`${name}@${version} is not in the lockfile`);
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const [group, own] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group === undefined ? {} : { group }),
    name: own,
    version,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }],
    licenses: licences(manifest),
    purl,
  };
}

/** Returns the licences of a manifest in any of the forms that manifests have had. */
function licences({ name, license, licenses }) {
  const said = [license, ...(licenses ?? [])].flat().map((one) => one?.type ?? one);
  const text = said.filter((one) => typeof one === 'string').join(' OR ');
  if (text === '') throw new Error(`package ${name} says no licence`);
  return /^[\w.+-]+$/.test(text) && !/^SEE /.test(text)
    ? [{ license: { id: text } }]
    : [{ expression: text }];
}

function nodeComponent(path) {
  const version = process.version.slice(1);
  return {
    type: 'platform',
    'bom-ref': `pkg:generic/node@${version}`,
    name: 'node',
    version,
    hashes: [{ alg: 'SHA-256', content: sha256(path) }],
    licenses: [{ license: { id: 'MIT' } }],
    purl: `pkg:generic/node@${version}`,
  };
}

function tensorflowComponent() {
  const { project, sha256: wheel } = recipeFor(process.platform, process.arch) ?? {};
  const purl = `pkg:pypi/${project}@${TENSORFLOW}`;
  return {
    type: 'library',
    'bom-ref': purl,
    name: project,
    version: TENSORFLOW,
    ...(wheel === undefined ? {} : { hashes: [{ alg: 'SHA-256', content: wheel }] }),
    licenses: [{ license: { id: 'Apache-2.0' } }],
    purl,
  };
}

/** GNU's C library with its parts, and GCC's run-time libraries. */
function libraryComponents(into) {
  return systemLibraries(into).map((path) => {
    const name = basename(path);
    const isGcc = /^lib(stdc\+\+|gcc_s|atomic|gomp)/.test(name);
    return {
      type: 'file',
      'bom-ref': `file:${path.slice(into.length)}`,
      name: path.slice(into.length),
      hashes: [{ alg: 'SHA-256', content: sha256(path) }],
      licenses: [{ expression: isGcc ? 'GPL-3.0-or-later WITH GCC-exception-3.1' : 'LGPL-2.1-or-later' }],
    };
  });
}

function systemLibraries(into) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.so(\.\d+)*$/.test(entry.name)) found.push(path);
    }
  };
  for (const name of readdirSync(into)) if (/^(lib|lib64)$/.test(name)) walk(join(into, name));
  for (const name of readdirSync(join(into, 'usr')))
    if (/^(lib|lib64)$/.test(name)) walk(join(into, 'usr', name));
  return found;
}

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** A table of what is in an image, and under which licence. */
export function licenceList({ metadata, components }) {
  const rows = components.map(({ group, name, version = '', licenses }) => {
    const text = licenses.map(({ license, expression }) => license?.id ?? expression).join(', ');
    return `| ${group === undefined ? name : `${group}/${name}`} | ${version} | ${text} |\n`;
  });
  return `# Licences of ${metadata.component.name} ${metadata.component.version}\n\n| component | version | licence |\n| --- | --- | --- |\n${rows.join('')}`;
}
