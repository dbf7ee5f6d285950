import { type Digest, importUserModule, moduleFault, OodError, placeIn } from '@oodgrid/protocol';
import type { Method } from '../method.js';
import { checkMethod } from './check-method.js';
import { checkedMethod } from './checked-method.js';
import { METHOD_KIT, type MethodModule } from './kit.js';
import { identityOf, modulePartsOf } from './module-identity.js';

const EXPECTS = '({ z, defineMethod }) => defineMethod({ name, card, config, setting, needs, score, ... })';

/** Contents of the files that this process has imported: it would not import them again. */
const imported = new Map<string, string>();

/**
 * The method of a module of the user's, by the module's URL; `others` are of modules that are loaded already. Throws `invalid-input`, with the
 * module's path, for what cannot be loaded, is no method, or has a name that is there already. `expected`: what the module was made of when
 * somebody else loaded it; one that has changed since then is refused, because its results would be taken for the other's.
 */
export async function loadMethodModule(
  url: string,
  others: readonly Method[] = [],
  expected?: Digest,
): Promise<Method> {
  // What does not parse is told better by whoever imports it.
  const before = expected ?? (await modulePartsOf(url).then(identityOf, () => undefined));
  const { exported } = await importUserModule(url, EXPECTS);
  const parts = await modulePartsOf(url);
  const digest = identityOf(parts);
  const isOlder = parts.some((part) => (imported.get(part.url) ?? part.content) !== part.content);
  if (isOlder || (before !== undefined && before !== digest))
    throw moduleFault(url, 'it was changed after the command had read it; run the command again');
  for (const part of parts) imported.set(part.url, part.content);
  let method: Method;
  try {
    method = (exported as MethodModule)(METHOD_KIT);
  } catch (cause) {
    throw moduleFault(
      url,
      `its function failed: ${OodError.from(cause).message}${placeIn(url, cause)}`,
      cause,
    );
  }
  checkMethod(method, url);
  if (others.some(({ name }) => name === method.name))
    throw moduleFault(
      url,
      `name: another module has a method "${method.name}" already; give one of them another name`,
    );
  return checkedMethod(method, { url, digest });
}
