import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OodError, visible } from '@oodgrid/contract';

/** Extensions of modules that Node loads without a compiler. */
const EXTENSIONS = ['.mjs', '.js', '.cjs'];

/**
 * Takes in what modules of the user's define, before the grid that names it is read: `register` imports a module by its URL and checks
 * what it exports. Paths start from the working folder. Throws `not-found` for a file that is not there and `invalid-input` for one
 * that is no module, the file in front, and what to do.
 */
export async function takeInModules<T>(
  paths: readonly string[],
  register: (url: string) => Promise<T>,
): Promise<T[]> {
  const taken: T[] = [];
  for (const path of paths) taken.push(await register(await moduleUrl(path)));
  return taken;
}

async function moduleUrl(path: string): Promise<string> {
  const refused = (code: 'invalid-input' | 'not-found', fault: string) =>
    new OodError(code, `${visible(path)}: ${fault}`);
  const file = resolve(path);
  const found = await stat(file).catch((cause: unknown) => {
    const { code, message } = OodError.from(cause);
    throw code === 'not-found'
      ? refused(code, 'there is no such file')
      : refused('invalid-input', `cannot be read: ${message}`);
  });
  if (!found.isFile())
    throw refused('invalid-input', 'is no file; name the module itself, for example mine.mjs');
  if (!EXTENSIONS.includes(extname(file)))
    throw refused(
      'invalid-input',
      `is no JavaScript module (${EXTENSIONS.join(', ')})${extname(file) === '.ts' ? '; compile it first' : ''}`,
    );
  return pathToFileURL(file).href;
}

/** Modules of users serve local runs. Throws `invalid-input` for a submission to a coordinator, naming the flag. */
export function refuseModulesOnCluster(
  flag: string,
  paths: readonly string[],
  coordinator: string | undefined,
): void {
  const [first] = paths;
  if (first === undefined || coordinator === undefined) return;
  throw new OodError(
    'invalid-input',
    `${flag} ${visible(first)}: a coordinator and its workers load no code that comes with a submission, so that nobody who may submit can run programs on them; leave out --coordinator for a run on this machine, or add the file to the catalog of an installation that all members have`,
  );
}
