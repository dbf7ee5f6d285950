import {
  type Digest,
  importUserModule,
  moduleFault,
  moduleName,
  OodError,
  placeIn,
  suggestion,
} from '@oodgrid/contract';
import { PROTOCOLS } from './catalog.js';
import { checkProtocol } from './check-protocol.js';
import { checkedAnswers } from './checked-answers.js';
import { KIT, type ProtocolModule } from './kit.js';
import type { Protocol } from './protocol.js';

/** A module beside the catalog: where it is, and the digest of what it was when it was taken in. */
export interface RegisteredModule {
  readonly url: string;
  readonly digest: Digest;
}

interface Registered extends RegisteredModule {
  readonly protocol: Protocol;
}

/** By the module's URL. */
const registered = new Map<string, Registered>();

/**
 * Takes the protocol of a module in: a program's `main` calls it for each that its user named, before it reads a grid, and so does
 * every thread, with the digest that `main` found. Asking twice is asking once. Throws `invalid-input` for a module that cannot be loaded,
 * has no protocol or has changed, and for a name that another protocol has.
 */
export async function registerProtocol(url: string, known?: Digest): Promise<Protocol> {
  const before = registered.get(url);
  if (before !== undefined) return before.protocol;
  const one = await loaded(url, known);
  const { name } = one.protocol;
  if (protocols().some((protocol) => protocol.name === name))
    throw moduleFault(url, `there is a protocol "${name}" already; give this one another name`);
  registered.set(url, one);
  return one.protocol;
}

/** The one place where a module's export is taken for what its documentation asks for; what it makes is checked. */
async function loaded(url: string, known: Digest | undefined): Promise<Registered> {
  const { exported, digest } = await importUserModule(url, '(kit) => ({ name, metrics, cut, ... })', known);
  let protocol: Protocol;
  try {
    protocol = (exported as ProtocolModule)(KIT);
  } catch (cause) {
    throw moduleFault(
      url,
      `its function failed: ${OodError.from(cause).message}${placeIn(url, cause)}`,
      cause,
    );
  }
  checkProtocol(protocol, moduleName(url));
  return { url, digest, protocol: checkedAnswers(protocol, url) };
}

/** The modules that were registered, for threads to register too. */
export const protocolModules = (): readonly RegisteredModule[] =>
  [...registered.values()].map(({ url, digest }) => ({ url, digest }));

/** The module that a protocol was registered from; null for one of the catalog. */
export function moduleOf(name: string): RegisteredModule | null {
  return [...registered.values()].find(({ protocol }) => protocol.name === name) ?? null;
}

/** Every protocol that a grid may name here. */
export const protocols = (): readonly Protocol[] => [
  ...PROTOCOLS,
  ...[...registered.values()].map(({ protocol }) => protocol),
];

/** Throws `invalid-input` for a name that no protocol has. */
export function findProtocol(name: string): Protocol {
  const found = protocols().find((protocol) => protocol.name === name);
  if (found !== undefined) return found;
  const names = protocols().map((protocol) => protocol.name);
  throw new OodError('invalid-input', `unknown protocol "${name}"${suggestion(name, names)}`);
}
