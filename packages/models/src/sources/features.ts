import { OodError } from '@oodgrid/protocol';
import { z } from 'zod';
import { headNotes } from '../features/check-head.js';
import { factsOfValues, requireSameTaps } from '../features/exported-facts.js';
import { openExported, packHead, packTaps } from '../features/exported-model.js';
import { readHead } from '../features/head-file.js';
import { readSplit } from '../features/split-file.js';
import { defineModelSource } from '../model-source.js';

const file = (what: string) =>
  z.string().min(1).describe(`the path of ${what}, as .npz, .safetensors or .npy`);

/** Features, logits and layers that a network gave elsewhere: a file for each split of a data set, no network. */
export const features = defineModelSource({
  kind: 'features',
  revision: 1,
  config: z.object({
    head: file('weight [classes, features] and bias [classes]').optional(),
    splits: z
      .record(
        z.string().min(1),
        z.strictObject({
          test: file('features [n, d], logits [n, classes]'),
          train: file('features [n, d], logits [n, classes]').optional(),
        }),
      )
      .describe('files by data set: {cifar10: {test: ..., train: ...}}'),
  }),
  resolve: async ({ head: headPath, splits }, { name, read }) => {
    const head = headPath === undefined ? undefined : await read(headPath, 'the head').then(toHead);
    const [[, first] = []] = Object.entries(splits);
    if (first === undefined) throw new OodError('invalid-input', `model "${name}": splits names no data set`);
    const example = await read(first.test, 'the values').then(toSplit);
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
        const values = await read(path, 'the values').then(toSplit);
        requireSameTaps(values, example);
        const { count, taps, labels } = values;
        return {
          count,
          files: { values: packTaps(taps) },
          ...(labels === null ? {} : { labels }),
          notes: head === undefined ? [] : headNotes(values, head),
        };
      },
    };
  },
  open: async (runtime, facts, files, split) => openExported(runtime, facts, files, split),
});

const toHead = ({ path, bytes }: { path: string; bytes: Uint8Array }) => readHead(bytes, path);
const toSplit = ({ path, bytes }: { path: string; bytes: Uint8Array }) => readSplit(bytes, path);
