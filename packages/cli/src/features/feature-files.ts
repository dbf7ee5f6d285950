import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OodError, visible } from '@oodgrid/contract';

/** Of the ID side where it has no name of its own, as `id_test` has none. */
export const ID = 'id';
const SUFFIX = /\.(?:npz|npy|safetensors|parquet|pt|pth)$/;
const SET = '[\\w.-]{1,60}';
const NAME = new RegExp(`^(?:head|ood_(?<ood>${SET})|id(?:_(?<id>${SET}))?_(?<split>train|test))$`);
/** Names that look like feature files. One of them that is not understood is an error: without it the table would only look complete. */
const IS_MEANT = /^(?:id_(?:train|test)|head)(?:\.|$)|^(?:id|ood)_/i;
const EXPECTED = `id_train, id_test (of several ID sets id_NAME_train, id_NAME_test), head, ood_NAME, a NAME being at most 60 letters, digits, ".", "_" and "-" and not "${ID}", then .npz, .npy, .safetensors, .parquet, .pt or .pth, or a folder of that name with a file for each array`;

/** A file of all arrays, or a file for each array by its name. */
export type Place = string | Readonly<Record<string, string>>;

/** Files of features that one model exported, by what their names say they are. */
export interface FeatureFiles {
  readonly head?: Place;
  /** By the names of the sets: `id_test` is of `id`, `id_cifar10_test` of `cifar10`. */
  readonly id: ReadonlyMap<string, { readonly test: Place; readonly train?: Place }>;
  /** By the name of the set: that of `ood_svhn.npz` is `svhn`. */
  readonly ood: ReadonlyMap<string, Place>;
  /** Names of what else lies there. */
  readonly ignored: readonly string[];
}

/** A feature file: the role that its name states, and its path. */
interface Found {
  readonly name: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
  readonly place: Place;
}

/**
 * Throws `not-found` and `invalid-input`, saying which names are looked for, where an ID or every OOD test set is missing or there twice, and
 * for what is called nearly so.
 */
export async function findFeatureFiles(folder: string): Promise<FeatureFiles> {
  const entries = await entriesOf(folder);
  const found = new Map<string, Found>();
  const ignored: string[] = [];
  for (const entry of entries) {
    const { name } = entry;
    const isFolder = entry.isDirectory();
    const known = isFolder || SUFFIX.test(name) ? NAME.exec(name.replace(SUFFIX, '')) : null;
    const groups = known?.groups ?? {};
    if (groups.id === ID || groups.ood === ID || (known === null && IS_MEANT.test(name)))
      throw new OodError(
        'invalid-input',
        `${visible(folder)}: ${visible(name)} is not read under that name: expected ${EXPECTED}; rename it, or move it elsewhere`,
      );
    if (known === null) {
      ignored.push(name);
      continue;
    }
    const [set] = known;
    const other = found.get(set);
    if (other !== undefined)
      throw new OodError(
        'invalid-input',
        `${visible(folder)}: ${visible(other.name)} and ${visible(name)} are both ${visible(set)}: leave one of them`,
      );
    const path = join(folder, name);
    found.set(set, { name, groups, place: isFolder ? await arraysIn(path) : path });
  }
  const id = new Map<string, { test: Place; train?: Place }>();
  const ood = new Map<string, Place>();
  for (const { groups, place } of found.values()) {
    if (groups.ood !== undefined) ood.set(groups.ood, place);
    if (groups.split !== 'test') continue;
    const { id: set } = groups;
    const train = found.get(set === undefined ? 'id_train' : `id_${set}_train`)?.place;
    id.set(set ?? ID, { test: place, ...(train === undefined ? {} : { train }) });
  }
  const untested = [...found.values()].find(
    ({ groups }) => groups.split === 'train' && !id.has(groups.id ?? ID),
  );
  if (untested !== undefined || id.size === 0 || ood.size === 0)
    throw new OodError(
      'not-found',
      `${visible(folder)} has no ${missingName(untested, id.size)} file: expected id_test.npz, ood_NAME.npz for each OOD set and, for what is fitted, id_train.npz and head.npz (or .npy, .safetensors, .parquet, .pt); it holds ${entries.map(({ name }) => visible(name)).join(', ') || 'nothing'}`,
    );
  const both = [...id.keys()].find((set) => ood.has(set));
  if (both !== undefined)
    throw new OodError(
      'invalid-input',
      `${visible(folder)}: ${visible(both)} is the name of an ID and of an OOD set: rename one of them`,
    );
  const head = found.get('head')?.place;
  return { id, ood, ignored, ...(head === undefined ? {} : { head }) };
}

function missingName(untested: Found | undefined, idSets: number): string {
  if (untested?.groups.id !== undefined) return `id_${untested.groups.id}_test`;
  return idSets === 0 || untested !== undefined ? 'id_test' : 'ood_NAME';
}

/** Whether an entry of a folder is what the features of a model are called by. */
export const isFeatureName = (entry: Dirent): boolean =>
  NAME.test(entry.name.replace(SUFFIX, '')) && (entry.isDirectory() || SUFFIX.test(entry.name));

/** By name. Throws `not-found`. */
export async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new OodError('not-found', `${visible(folder)}: ${OodError.from(cause).message}`, { cause });
  });
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Files of one array each: `logits.npy` is that of `logits`. */
async function arraysIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const arrays: Record<string, string> = {};
  for (const { name } of await entriesOf(folder)) {
    const key = name.replace(SUFFIX, '');
    if (key === name || arrays[key] !== undefined)
      throw new OodError(
        'invalid-input',
        `${visible(folder)}: expected a file for each array, such as features.npy and logits.npy; ${key === name ? `${visible(name)} is none` : `there are two of ${visible(key)}`}`,
      );
    arrays[key] = join(folder, name);
  }
  return arrays;
}
