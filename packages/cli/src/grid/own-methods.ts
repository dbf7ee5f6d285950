import { loadMethodModule, METHODS, type Method, type OwnModule } from '@oodgrid/methods';
import { takeInModules } from './user-modules.js';

/** The methods that a grid may name: the catalog's, then those of the user's files. Throws as `takeInModules` and `loadMethodModule` do. */
export async function methodsWith(paths: readonly string[]): Promise<readonly Method[]> {
  const own: Method[] = [];
  await takeInModules(paths, async (url) => own.push(await loadMethodModule(url, own)));
  return [...METHODS, ...own];
}

/** The modules that executors must load for these methods. */
export const modulesOf = (methods: readonly Method[]): readonly OwnModule[] =>
  methods.flatMap(({ arithmetic }) => arithmetic.module ?? []);
