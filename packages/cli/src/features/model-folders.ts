import { basename, join } from 'node:path';
import { OodError, visible, visibleName } from '@oodgrid/contract';
import { entriesOf, type FeatureFiles, findFeatureFiles, isFeatureName } from './feature-files.js';

/** Name of the model when its folder's name is not a valid one. */
const NAMELESS = 'features';

/** Models of exported features by their names, and names of what else lies there. */
export interface ModelFolders {
  readonly models: ReadonlyMap<string, FeatureFiles>;
  readonly ignored: readonly string[];
}

/**
 * The features that lie in a folder, of one model, or in its sub-folders, of one model each. Throws what `findFeatureFiles` throws, and
 * `invalid-input` for features in both, and for models of which one lacks a set that another one has.
 */
export async function findModelFolders(folder: string): Promise<ModelFolders> {
  const entries = await entriesOf(folder);
  const own = entries.find(isFeatureName);
  const found = new Map<string, FeatureFiles>();
  const ignored: string[] = [];
  for (const entry of entries) {
    if (isFeatureName(entry)) continue;
    const path = join(folder, entry.name);
    if (!entry.isDirectory() || !(await entriesOf(path)).some(isFeatureName)) {
      ignored.push(entry.name);
      continue;
    }
    if (own !== undefined)
      throw new OodError(
        'invalid-input',
        `${visible(folder)}: ${visible(own.name)} and the folder ${visible(entry.name)} both have features: put each model into a folder of its own`,
      );
    const files = await findFeatureFiles(path);
    const name = visibleName(200).safeParse(entry.name).data;
    if (name === undefined)
      throw new OodError('invalid-input', `${visible(path)}: no model can have that name; rename the folder`);
    found.set(name, files);
    ignored.push(...files.ignored.map((one) => join(entry.name, one)));
  }
  if (found.size === 0) {
    const files = await findFeatureFiles(folder);
    const name = visibleName(200).safeParse(basename(folder)).data ?? NAMELESS;
    return { models: new Map([[name, files]]), ignored: files.ignored };
  }
  requireSameSets(found, folder);
  return { models: found, ignored };
}

/** A cell is of every model: a set that one of them lacks would leave holes. */
function requireSameSets(models: ReadonlyMap<string, FeatureFiles>, folder: string): void {
  const setsOf = ({ id, ood }: FeatureFiles): readonly string[] => [
    ...[...id].flatMap(([set, { train }]) => [
      `ID ${set}`,
      ...(train === undefined ? [] : [`ID ${set}, train`]),
    ]),
    ...[...ood.keys()].map((set) => `OOD ${set}`),
  ];
  for (const [name, files] of models) {
    for (const [other, others] of models) {
      const own = new Set(setsOf(files));
      const lacking = setsOf(others).find((set) => !own.has(set));
      if (lacking === undefined) continue;
      throw new OodError(
        'invalid-input',
        `${visible(folder)}: ${visible(other)} has a set that ${visible(name)} lacks (${visible(lacking)}); every model needs the same: export it, or move one of the two elsewhere`,
      );
    }
  }
}
