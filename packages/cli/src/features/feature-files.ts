import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OodError, visible } from '@oodgrid/contract';

const NAME = /^(?<set>id_train|id_test|head|ood_[\w.-]{1,60})\.(?:npz|npy|safetensors|pt|pth)$/;
/** What is called so is meant to be read: a table without it would look whole. */
const IS_MEANT = /^(?:id_train|id_test|head)\.|^ood_/i;
/** What the ID side is called. */
export const ID = 'id';

/** Files of exported features, by what their names say they are. */
export interface FeatureFiles {
  readonly train?: string;
  readonly test: string;
  readonly head?: string;
  /** By the name of the set: that of `ood_svhn.npz` is `svhn`. */
  readonly ood: ReadonlyMap<string, string>;
  /** Names of what else lies there. */
  readonly ignored: readonly string[];
}

/**
 * Throws `not-found` and `invalid-input`, saying which names are looked for, where an ID or every OOD test set is missing or there twice, and
 * for a file that is called nearly so.
 */
export async function findFeatureFiles(folder: string): Promise<FeatureFiles> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new OodError('not-found', `${visible(folder)}: ${OodError.from(cause).message}`, { cause });
  });
  const found = new Map<string, string>();
  const ignored: string[] = [];
  for (const name of names.toSorted()) {
    const set = NAME.exec(name)?.groups?.set;
    if (set === `ood_${ID}` || (set === undefined && IS_MEANT.test(name)))
      throw new OodError(
        'invalid-input',
        `${visible(folder)}: ${visible(name)} is not read under that name: expected id_train, id_test, head, or ood_ and at most 60 letters, digits, ".", "_" and "-" that are not "${ID}", then .npz, .npy, .safetensors, .pt or .pth; rename it, or move it elsewhere`,
      );
    if (set === undefined) {
      ignored.push(name);
      continue;
    }
    const other = found.get(set);
    if (other !== undefined)
      throw new OodError(
        'invalid-input',
        `${visible(folder)}: ${visible(other)} and ${visible(name)} are both ${visible(set)}: leave one of them`,
      );
    found.set(set, name);
  }
  const path = (set: string) => {
    const name = found.get(set);
    return name === undefined ? undefined : join(folder, name);
  };
  const ood = new Map(
    [...found].flatMap(([set, name]) =>
      set.startsWith('ood_') ? [[set.slice('ood_'.length), join(folder, name)] as const] : [],
    ),
  );
  const [train, test, head] = [path('id_train'), path('id_test'), path('head')];
  if (test === undefined || ood.size === 0)
    throw new OodError(
      'not-found',
      `${visible(folder)} has no ${test === undefined ? 'id_test' : 'ood_NAME'} file: expected id_test.npz, ood_NAME.npz for each OOD set and, for what is fitted, id_train.npz and head.npz (or .npy, .safetensors, .pt); it holds ${names.map(visible).join(', ') || 'nothing'}`,
    );
  return {
    test,
    ood,
    ignored,
    ...(train === undefined ? {} : { train }),
    ...(head === undefined ? {} : { head }),
  };
}
