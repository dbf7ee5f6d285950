import type { ResultWarning } from '@oodgrid/contract';
import type { Copies } from './image-index.js';
import type { InspectedSplit } from './inspected-split.js';

/** Shares of a set from which copies change what the numbers mean; well-known sets have fewer. */
const SERIOUS_IN_SET = 0.05;
const SERIOUS_TRAIN_IN_TEST = 0.01;
const SERIOUS_ID_IN_OOD = 0.005;

/** The splits of one data set that were loaded. */
export interface InspectedSet {
  readonly name: string;
  readonly test: InspectedSplit;
  readonly train?: InspectedSplit;
}

/** Images that a split of a set holds more than once. */
export function copiesInSet(
  set: InspectedSet,
  split: 'test' | 'train',
  place: ResultWarning['place'],
): ResultWarning[] {
  const inspected = set[split];
  if (inspected === undefined) return [];
  const { copies, count } = inspected.index;
  return report(
    'duplicates-in-set',
    copies,
    count,
    SERIOUS_IN_SET,
    { ...place, split },
    (share, [a, b]) =>
      `${copies.count} of the ${count} ${split} images of "${set.name}" (${share}) are copies of an earlier one, such as ${b} of ${a}: intervals take them for samples of their own`,
  );
}

/** Test images of an ID set that its train set holds. */
export function trainInTest(set: InspectedSet): ResultWarning[] {
  if (set.train === undefined) return [];
  const shared = set.train.index.sharedWith(set.test.index);
  const { count } = set.test.index;
  return report(
    'train-in-test',
    shared,
    count,
    SERIOUS_TRAIN_IN_TEST,
    { id: set.name, split: 'test' },
    (share, [a, b]) =>
      `${shared.count} of the ${count} test images of "${set.name}" (${share}) are in its train set, such as test image ${b}, which is train image ${a}: what is fitted there knows them`,
  );
}

/** OOD test images that are ID images. */
export function idInOod(id: InspectedSet, ood: InspectedSet): ResultWarning[] {
  return (['test', 'train'] as const).flatMap((split) => {
    const shared = id[split]?.index.sharedWith(ood.test.index);
    if (shared === undefined) return [];
    const { count } = ood.test.index;
    return report(
      'id-in-ood',
      shared,
      count,
      SERIOUS_ID_IN_OOD,
      { id: id.name, ood: ood.name, split },
      (share, [a, b]) =>
        `${shared.count} of the ${count} OOD test images of "${ood.name}" (${share}) are ${split} images of the ID set "${id.name}", such as image ${b}, which is ${split} image ${a}: no detector can tell them apart`,
    );
  });
}

function report(
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
      place,
      count,
      example: [...example],
    },
  ];
}
