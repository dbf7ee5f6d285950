import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Digest, digestOfJson, moduleFault, OodError, sha256 } from '@oodgrid/protocol';
import { init, parse } from 'es-module-lexer';
import { z } from 'zod';

/** A file that a module is made of, and a digest of its content; of a package its manifest, and the version. */
interface Part {
  readonly url: string;
  readonly content: string;
}

/** One number for all that a module is made of, wherever its files lie. */
export const identityOf = (parts: readonly Part[]): Digest =>
  digestOfJson(parts.map(({ content }) => content));

/**
 * What a module is made of: its file and every file that it imports by a path, those of these files too, and the packages that they import, by
 * name and version. What a module loads in other ways (`createRequire`, files that it reads) cannot be told, and is not among them. Throws
 * `invalid-input` for an import whose name is computed, and for a CommonJS module: a changed file would not be noticed.
 */
export async function modulePartsOf(url: string): Promise<readonly Part[]> {
  await init;
  const found = new Map<string, Part>();
  const open = [url];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (found.has(next)) continue;
    const text = await readPart(next, url);
    found.set(next, { url: next, content: sha256(text) });
    if (extname(new URL(next).pathname) === '.json') continue;
    for (const name of importsOf(text, next)) {
      if (/^(\.{0,2}\/|file:)/.test(name)) open.push(new URL(name, next).href);
      else if (!isBuiltin(name)) found.set(`${next} ${name}`, await packagePart(name, next));
    }
  }
  // In the order in which they are found, which their contents decide.
  return [...found.values()];
}

async function readPart(part: string, module: string): Promise<string> {
  try {
    return await readFile(fileURLToPath(part), 'utf8');
  } catch (cause) {
    throw moduleFault(
      module,
      `${fileURLToPath(part)} cannot be read: ${OodError.from(cause).message}`,
      cause,
    );
  }
}

/** Names that a module imports, statically or by `import('...')`. */
function importsOf(text: string, url: string): readonly string[] {
  const [imports, , , isModule] = parse(text);
  if (!isModule)
    throw moduleFault(
      url,
      'is no ES module, so that what it requires cannot be told; write it with import and export',
    );
  return imports.flatMap(({ n: name, d: kind, ss: start }) => {
    const isImportMeta = kind === -2;
    if (isImportMeta) return [];
    if (name !== undefined) return [name];
    const line = text.slice(0, start).split('\n').length;
    throw moduleFault(
      url,
      `line ${line} imports a name that is computed, so that what it loads cannot be told and an old result could be taken for a new one; write the name itself`,
    );
  });
}

const manifestSchema = z.looseObject({ name: z.string().optional(), version: z.string().optional() });

/** A package, as the file that imports it finds it: its name and version. Of one that is not there Node says more when it is loaded. */
async function packagePart(specifier: string, importer: string): Promise<Part> {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  for (let folder = new URL('.', importer); ; folder = new URL('..', folder)) {
    const manifest = new URL(`node_modules/${name}/package.json`, folder);
    const text = await readFile(manifest, 'utf8').catch(() => undefined);
    if (text !== undefined) {
      const { version = '' } = manifestSchema.parse(JSON.parse(text));
      return { url: manifest.href, content: `${specifier}@${version}` };
    }
    if (folder.pathname === '/' || folder.href === new URL('..', folder).href)
      return { url: importer, content: specifier };
  }
}
