import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import { type ArraySet, gathered, openArrays } from '../features/array-set.js';
import { headDoubts } from '../features/check-head.js';
import { logitDoubts } from '../features/check-logits.js';
import { factsOfValues, requireSameTaps } from '../features/exported-facts.js';
import { openExported, packHead, packTaps } from '../features/exported-model.js';
import { type HeadValues, holdsHead, readHead, requireSameHead } from '../features/head-file.js';
import { FEATURES, readSplit } from '../features/split-file.js';
import { defineModelSource, type ResolveContext } from '../model-source.js';

const file = (what: string) =>
  z.string().min(1).describe(`the path of ${what}, as .npz, .npy, .safetensors, .parquet or .pt`);

/** A file of all arrays of a split, or one of each array by its name. */
const split = (what: string) => z.union([file(what), z.record(z.string().min(1), file('an array'))]);
type SplitPlace = z.output<ReturnType<typeof split>>;

/** Features, logits and layers that a network gave elsewhere: a file for each split of a data set, no network. */
export const features = defineModelSource({
  kind: 'features',
  revision: 1,
  config: z.object({
    head: split('weight [classes, features] and bias [classes]')
      .optional()
      .describe('the last layer; where it is left out, it is looked for in the files of the splits'),
    splits: z
      .record(
        z.string().min(1),
        z.strictObject({
          test: split('features [n, d], logits [n, classes]'),
          train: split('features [n, d], logits [n, classes]').optional(),
        }),
      )
      .describe('files by data set: {cifar10: {test: ..., train: ...}}'),
  }),
  resolve: async ({ head: headPath, splits }, { name, read }) => {
    const [[, first] = []] = Object.entries(splits);
    if (first === undefined) throw new OodError('invalid-input', `model "${name}": splits names no data set`);
    const head =
      headPath === undefined
        ? await headWithin(splits, read)
        : await openPlace(headPath, 'the head', 'weight', read).then(readHead);
    const example = await openValues(first.test, read).then(readSplit);
    const facts = factsOfValues(name, example, head);
    return {
      facts,
      files: head === undefined ? {} : { head: packHead(head) },
      notes: [],
      splitFiles: async (dataset, split) => {
        const path = splits[dataset]?.[split];
        if (path === undefined)
          throw new OodError(
            'not-found',
            `model "${name}" has no values of ${dataset}/${split}: name their file in its splits: {${dataset}: {${split}: ...}}`,
          );
        const arrays = await openValues(path, read);
        const values = await readSplit(arrays);
        requireSameTaps(values, example);
        if (head !== undefined) await requireSameHead(arrays, head);
        const { count, taps, labels } = values;
        // Features are the last of the taps but logits, and finer: two samples may well have the same logits where these are saturated.
        const samples = taps.find((tap) => tap.name === FEATURES) ?? taps.at(-1);
        return {
          count,
          files: { values: packTaps(taps) },
          ...(labels === null ? {} : { labels }),
          ...(samples === undefined ? {} : { samples: samples.data }),
          doubts: [...logitDoubts(values), ...(head === undefined ? [] : headDoubts(values, head))],
        };
      },
    };
  },
  open: async (runtime, facts, files, split) => openExported(runtime, facts, files, split),
});

type Read = ResolveContext['read'];

/** The head that lies in the first file of values that has one; undefined where there is none. */
async function headWithin(
  splits: Readonly<Record<string, { readonly test: SplitPlace; readonly train?: SplitPlace | undefined }>>,
  read: Read,
): Promise<HeadValues | undefined> {
  for (const { test, train } of Object.values(splits)) {
    for (const place of [train, test]) {
      const arrays = place === undefined ? undefined : await openValues(place, read);
      if (arrays !== undefined && holdsHead(arrays)) return readHead(arrays);
    }
  }
  return undefined;
}

async function openFile(path: string, what: string, single: string, read: Read): Promise<ArraySet> {
  const file = await read(path, what);
  return openArrays(file.bytes, file.path, single);
}

const openValues = (place: SplitPlace, read: Read): Promise<ArraySet> =>
  openPlace(place, 'the values', FEATURES, read);

async function openPlace(place: SplitPlace, what: string, single: string, read: Read): Promise<ArraySet> {
  if (typeof place === 'string') return openFile(place, what, single, read);
  const sets = new Map<string, ArraySet>();
  for (const [key, path] of Object.entries(place)) sets.set(key, await openFile(path, what, key, read));
  return gathered(sets, Object.values(place).join(', '));
}
