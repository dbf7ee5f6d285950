import { type Digest, importUserModule, moduleFault, OodError, placeIn } from '@oodgrid/contract';
import type { Method } from '../method.js';
import { checkMethod } from './check-method.js';
import { checkedMethod } from './checked-method.js';
import { METHOD_KIT, type MethodModule } from './kit.js';

const EXPECTS = '({ z, defineMethod }) => defineMethod({ name, card, config, setting, needs, score, ... })';

/**
 * The method of a module of the user's, by the module's URL; `others` are of modules that are loaded already. Throws `invalid-input`, with the
 * module's path, for what cannot be loaded, is no method, or has a name that is there already. `expected`: the module's
 * digest when somebody else loaded it; one that has changed since then is refused.
 */
export async function loadMethodModule(
  url: string,
  others: readonly Method[] = [],
  expected?: Digest,
): Promise<Method> {
  const { exported, digest } = await importUserModule(url, EXPECTS, expected);
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
