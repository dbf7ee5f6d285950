import { importUserModule, moduleFault, moduleName, OodError, placeIn, suggestion } from '@oodgrid/contract';
import { checkModelSource } from './check-model-source.js';
import { checkedSource } from './checked-source.js';
import { MODEL_SOURCE_KIT, type ModelSourceModule } from './kit.js';
import type { ModelSource } from './model-source.js';
import { noteModule } from './source-identity.js';
import { MODEL_SOURCES } from './sources/catalog.js';

/** Sources of modules beside the catalog, by the module's URL. */
const registered = new Map<string, ModelSource>();

/**
 * Takes the source of a module in: a program's `main` calls it for each that its user named, before it reads a grid, and so does every
 * executor. Asking twice is asking once. Throws `invalid-input` for a module that cannot be loaded or has no source of models, and for a
 * kind that another source has.
 */
export async function registerModelSource(url: string): Promise<ModelSource> {
  const known = registered.get(url);
  if (known !== undefined) return known;
  const { exported, digest } = await importUserModule(
    url,
    '(kit) => ({ kind, revision, config, resolve, open })',
  );
  const source = made(exported as ModelSourceModule, url);
  if (modelSources().some(({ kind }) => kind === source.kind))
    throw moduleFault(
      url,
      `there is a source of models "${source.kind}" already; give this one another kind`,
    );
  noteModule(source, digest);
  registered.set(url, source);
  return source;
}

/** Checks the object that a module makes, whatever its types claim. */
function made(make: ModelSourceModule, url: string): ModelSource {
  let source: ModelSource;
  try {
    source = make(MODEL_SOURCE_KIT);
  } catch (cause) {
    throw moduleFault(
      url,
      `its function failed: ${OodError.from(cause).message}${placeIn(url, cause)}`,
      cause,
    );
  }
  checkModelSource(source, moduleName(url));
  return checkedSource(source, url);
}

/** URLs of the modules that were registered, for executors to register too. */
export const modelSourceModules = (): readonly string[] => [...registered.keys()];

/** Every source that a grid may name here. */
export const modelSources = (): readonly ModelSource[] => [...MODEL_SOURCES, ...registered.values()];

/** Throws `not-found` for a kind that no source has. */
export function findModelSource(kind: string): ModelSource {
  const found = modelSources().find((source) => source.kind === kind);
  if (found !== undefined) return found;
  const kinds = modelSources().map((source) => source.kind);
  throw new OodError('not-found', `unknown source of models "${kind}"${suggestion(kind, kinds)}`);
}
