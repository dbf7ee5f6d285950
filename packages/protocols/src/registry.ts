import { OodError, suggestion } from '@oodgrid/protocol';
import { PROTOCOLS } from './catalog.js';
import { checkProtocol } from './check-protocol.js';
import { KIT, type ProtocolModule } from './kit.js';
import type { Protocol } from './protocol.js';

/** Protocols of modules beside the catalog, by the module's URL. */
const registered = new Map<string, Protocol>();

/**
 * Takes the protocol of a module in: a program's `main` calls it for each that its user named, before it reads a grid, and so does
 * every thread. Asking twice is asking once. Throws `invalid-input` for a module that cannot be loaded or has no protocol, and for a name
 * that another protocol has.
 */
export async function registerProtocol(url: string): Promise<Protocol> {
  const known = registered.get(url);
  if (known !== undefined) return known;
  const protocol = await loaded(url);
  checkProtocol(protocol, url);
  if (protocols().some(({ name }) => name === protocol.name))
    throw new OodError('invalid-input', `${url}: there is a protocol "${protocol.name}" already`);
  registered.set(url, protocol);
  return protocol;
}

/** The one place where a module's export is taken for what its documentation asks for; what it makes is checked. */
async function loaded(url: string): Promise<Protocol> {
  let exported: unknown;
  try {
    exported = (await import(url)).default;
    if (typeof exported === 'function') return (exported as ProtocolModule)(KIT);
  } catch (cause) {
    throw new OodError(
      'invalid-input',
      `${url}: the protocol cannot be loaded: ${OodError.from(cause).message}`,
      {
        cause,
      },
    );
  }
  throw new OodError(
    'invalid-input',
    `${url}: a protocol's module exports by default a function (kit) => protocol`,
  );
}

/** URLs of the modules that were registered, for threads to register too. */
export const protocolModules = (): readonly string[] => [...registered.keys()];

/** Every protocol that a grid may name here. */
export const protocols = (): readonly Protocol[] => [...PROTOCOLS, ...registered.values()];

/** Throws `invalid-input` for a name that no protocol has. */
export function findProtocol(name: string): Protocol {
  const found = protocols().find((protocol) => protocol.name === name);
  if (found !== undefined) return found;
  const names = protocols().map((protocol) => protocol.name);
  throw new OodError('invalid-input', `unknown protocol "${name}"${suggestion(name, names)}`);
}
