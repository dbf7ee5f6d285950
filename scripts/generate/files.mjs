import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Schemas and pages of documentation as the compiled code makes them, by path from the root. */
export async function generatedFiles(root) {
  const load = (name) => import(pathToFileURL(join(root, 'packages', name, 'dist', 'index.js')).href);
  const { methodPages } = await load('methods');
  const { schemaFiles } = await load('cli');
  const schemas = [...schemaFiles()].map(([name, schema]) => [
    `schemas/${name}.schema.json`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  const pages = [...methodPages()].map(([name, text]) => [`docs/methods/${name}`, text]);
  return new Map([...schemas, ...pages]);
}

/** Those that are not what the code makes. */
export async function staleFiles(root) {
  return [...(await generatedFiles(root))]
    .filter(
      ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
    )
    .map(([path]) => path);
}
