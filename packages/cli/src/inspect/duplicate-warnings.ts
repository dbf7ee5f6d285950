import type { ResultWarning } from '@oodgrid/contract';
import type { Copies, ImageIndex } from './image-index.js';

/** Shares of a set from which copies change what the numbers mean; well-known sets have fewer. */
const SERIOUS_IN_SET = 0.05;
const SERIOUS_TRAIN_IN_TEST = 0.01;
const SERIOUS_ID_IN_OOD = 0.005;

/** A split by what tells its samples apart. */
interface IndexedSplit {
  readonly index: ImageIndex;
}

/** The splits of one data set that were loaded. */
export interface IndexedSet {
  readonly name: string;
  /** Whose values tell samples apart; undefined where images do. */
  readonly model?: string;
  readonly test: IndexedSplit;
  readonly train?: IndexedSplit;
}

/** What a set's samples are called, and by what they are the same. */
const wordsOf = ({ model }: IndexedSet) =>
  model === undefined
    ? { one: 'image', many: 'images', by: '' }
    : { one: 'sample', many: 'samples', by: ` by the values of model "${model}"` };

/** Samples that a split of a set holds more than once. */
export function copiesInSet(
  set: IndexedSet,
  split: 'test' | 'train',
  place: ResultWarning['place'],
): ResultWarning[] {
  const inspected = set[split];
  if (inspected === undefined) return [];
  const { copies, count } = inspected.index;
  const { many, by } = wordsOf(set);
  return report(
    set,
    'duplicates-in-set',
    copies,
    count,
    SERIOUS_IN_SET,
    { ...place, split },
    (share, [a, b]) =>
      `${copies.count} of the ${count} ${split} ${many} of "${set.name}" (${share}) are copies of an earlier one${by}, such as ${b} of ${a}: intervals take them for samples of their own`,
  );
}

/** Test samples of an ID set that its train set holds. */
export function trainInTest(set: IndexedSet): ResultWarning[] {
  if (set.train === undefined) return [];
  const shared = set.train.index.sharedWith(set.test.index);
  const { count } = set.test.index;
  const { one, many, by } = wordsOf(set);
  return report(
    set,
    'train-in-test',
    shared,
    count,
    SERIOUS_TRAIN_IN_TEST,
    { id: set.name, split: 'test' },
    (share, [a, b]) =>
      `${shared.count} of the ${count} test ${many} of "${set.name}" (${share}) are in its train set${by}, such as test ${one} ${b}, which is train ${one} ${a}: what is fitted there knows them`,
  );
}

/** OOD test samples that are ID samples, both sets told apart by the same model or by images. */
export function idInOod(id: IndexedSet, ood: IndexedSet): ResultWarning[] {
  const { one, many, by } = wordsOf(id);
  return (['test', 'train'] as const).flatMap((split) => {
    const shared = id[split]?.index.sharedWith(ood.test.index);
    if (shared === undefined) return [];
    const { count } = ood.test.index;
    return report(
      id,
      'id-in-ood',
      shared,
      count,
      SERIOUS_ID_IN_OOD,
      { id: id.name, ood: ood.name, split },
      (share, [a, b]) =>
        `${shared.count} of the ${count} OOD test ${many} of "${ood.name}" (${share}) are ${split} ${many} of the ID set "${id.name}"${by}, such as ${one} ${b}, which is ${split} ${one} ${a}: no detector can tell them apart`,
    );
  });
}

function report(
  { model }: IndexedSet,
  code: ResultWarning['code'],
  { count, example }: Copies,
  of: number,
  seriousShare: number,
  place: ResultWarning['place'],
  message: (share: string, example: readonly [number, number]) => string,
): ResultWarning[] {
  if (example === null) return [];
  const share = count / of;
  const percent = `${(100 * share).toFixed(share < 0.001 ? 3 : 1)} %`;
  return [
    {
      code,
      severity: share >= seriousShare ? 'serious' : 'notice',
      message: message(percent, example),
      place: { ...place, ...(model === undefined ? {} : { model }) },
      count,
      example: [...example],
    },
  ];
}
