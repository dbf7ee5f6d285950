import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { digestOfJson } from './canonical-json.js';
import { OodError } from './errors.js';
import { type Digest, sha256 } from './ids.js';

/** Relative paths in quotes: of imports, and of files that a module reads. */
const NAMED_PATH = /(['"`])(\.{1,2}\/[^'"`\n]+)\1/g;
const CODE = /\.[cm]?js$/;

/**
 * What a module of a user's is: a digest of its file and of all files that it names by a relative path, and these in turn. What it
 * imports from packages, or by a path that it puts together, is not in it. Throws `not-found`.
 */
export async function moduleDigest(url: string): Promise<Digest> {
  if (!url.startsWith('file:')) return sha256(url);
  const parts: Digest[] = [];
  const seen = new Set([url]);
  const add = async (at: string, bytes: Uint8Array): Promise<void> => {
    parts.push(sha256(bytes));
    if (!CODE.test(new URL(at).pathname)) return;
    for (const [, , path = ''] of new TextDecoder().decode(bytes).matchAll(NAMED_PATH)) {
      const { href } = new URL(path, at);
      if (seen.has(href)) continue;
      seen.add(href);
      const named = await contentOf(href);
      if (named !== undefined) await add(href, named);
    }
  };
  const bytes = await contentOf(url);
  if (bytes === undefined) throw new OodError('not-found', `${fileURLToPath(url)}: there is no such module`);
  await add(url, bytes);
  return digestOfJson(parts);
}

/** Undefined for what is no file: what is in quotes may be a folder, or no path at all. */
async function contentOf(url: string): Promise<Uint8Array | undefined> {
  try {
    const path = fileURLToPath(url);
    return (await stat(path)).isFile() ? await readFile(path) : undefined;
  } catch (thrown) {
    if (OodError.from(thrown).code === 'not-found') return undefined;
    throw thrown;
  }
}
