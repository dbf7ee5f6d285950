import { OodError } from '@oodgrid/contract';
import { parseCifarBinary } from '@oodgrid/formats';
import type { Dataset, DecodedSplit } from '../dataset.js';
import type { FileNames } from '../source.js';
import { archive, userFolders } from '../sources/catalog.js';

const named = (name: string): FileNames => [`${name}.bin`, `${name}.bin.gz`];

function decodeBatches(files: readonly Uint8Array[], names: readonly string[]): DecodedSplit {
  const batches = files.map((bytes, i) => parseCifarBinary(bytes, names[i] ?? `batch ${i}`));
  const count = batches.reduce((sum, { labels }) => sum + labels.length, 0);
  const images = new Uint8Array(count * 32 * 32 * 3);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const batch of batches) {
    images.set(batch.images, at * 32 * 32 * 3);
    labels.set(batch.labels, at);
    at += batch.labels.length;
  }
  if (count === 0) throw new OodError('corrupt-data', 'CIFAR-10 without any batch');
  return { images, labels, shape: [count, 32, 32, 3] };
}

/** Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009; the binary version. Checked by count and shape. */
export const cifar10: Dataset = {
  name: 'cifar10',
  title: 'CIFAR-10: small natural images',
  cites: {
    authors: 'Alex Krizhevsky',
    title: 'Learning Multiple Layers of Features from Tiny Images',
    year: 2009,
    institution: 'University of Toronto',
    url: 'https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf',
  },
  licence: 'none stated by its makers',
  input: [32, 32, 3],
  classes: 10,
  normalisation: { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] },
  splits: { test: { count: 10_000, sha256: null }, train: { count: 50_000, sha256: null } },
  sources: [
    userFolders,
    archive(
      'official source',
      'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
      'cifar-10-batches-bin',
    ),
  ],
  files: (split) =>
    split === 'test' ? [named('test_batch')] : [1, 2, 3, 4, 5].map((batch) => named(`data_batch_${batch}`)),
  decode: decodeBatches,
};
