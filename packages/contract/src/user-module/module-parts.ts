import { readFile, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { init, parse } from 'es-module-lexer';
import { z } from 'zod';
import { digestOfJson } from '../canonical-json.js';
import { OodError } from '../errors.js';
import { type Digest, sha256 } from '../ids.js';
import { moduleFault } from './module-fault.js';

/** A file that a module is made of, and a digest of its content; of a package its manifest, and the version. */
export interface ModulePart {
  readonly url: string;
  readonly content: string;
}

/** One number for all that a module is made of, wherever its files lie. */
export const digestOfParts = (parts: readonly ModulePart[]): Digest =>
  digestOfJson(parts.map(({ content }) => content));

const IS_CODE = /\.[cm]?js$/;
const IS_PATH = /^(\.{0,2}\/|file:)/;
/** Relative paths in quotes: of files that a module may read, such as `new URL('./table.json', import.meta.url)`. */
const QUOTED_PATH = /(['"`])(\.{1,2}\/[^'"`\n]+)\1/g;

/**
 * Returns the parts of a module: its file; every file that it imports or names by a relative path in quotes, those of these files too; and the
 * packages that they import, by name and version. What it loads by a path that it puts together cannot be told, and is not among
 * them. Throws `invalid-input` for an import whose name is computed, and for a CommonJS module: a changed file would not be noticed.
 */
export async function modulePartsOf(url: string): Promise<readonly ModulePart[]> {
  if (!url.startsWith('file:')) return [{ url, content: sha256(url) }];
  await init;
  const parts = new Map<string, ModulePart>();
  const code = new Map<string, string>();
  const imports = [url];
  for (let next = imports.shift(); next !== undefined; next = imports.shift()) {
    if (parts.has(next)) continue;
    const bytes = await importedFile(next, url);
    parts.set(next, { url: next, content: sha256(bytes) });
    if (new URL(next).pathname.endsWith('.json')) continue;
    const text = bytes.toString('utf8');
    code.set(next, text);
    for (const name of importsOf(text, next)) {
      if (IS_PATH.test(name)) imports.push(new URL(name, next).href);
      else if (!isBuiltin(name)) parts.set(`${next} ${name}`, await packagePart(name, next));
    }
  }
  // A map is walked to its end, entries that are added on the way included.
  for (const [importer, text] of code) {
    for (const [, , path = ''] of text.matchAll(QUOTED_PATH)) {
      const { href } = new URL(path, importer);
      const bytes = parts.has(href) ? undefined : await namedFile(href);
      if (bytes === undefined) continue;
      parts.set(href, { url: href, content: sha256(bytes) });
      if (IS_CODE.test(new URL(href).pathname)) code.set(href, bytes.toString('utf8'));
    }
  }
  // In the order in which they are found, which their contents decide.
  return [...parts.values()];
}

async function importedFile(part: string, module: string): Promise<Buffer> {
  try {
    return await readFile(fileURLToPath(part));
  } catch (cause) {
    throw moduleFault(
      module,
      `${fileURLToPath(part)} cannot be read: ${OodError.from(cause).message}`,
      cause,
    );
  }
}

/** Undefined for what is no file: what is in quotes may be a folder, or no path at all. */
async function namedFile(url: string): Promise<Buffer | undefined> {
  try {
    const path = fileURLToPath(url);
    return (await stat(path)).isFile() ? await readFile(path) : undefined;
  } catch {
    return undefined;
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
async function packagePart(specifier: string, importer: string): Promise<ModulePart> {
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
