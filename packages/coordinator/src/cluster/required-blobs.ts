import type { RunSpec } from '@oodgrid/contract';
import { blobsOfModel, type Digest, OodError } from '@oodgrid/contract';
import type { BlobStore } from '@oodgrid/transport';

/** Every blob that the tasks of a run read, beside fitted states. */
export function blobsOf(spec: RunSpec): readonly Digest[] {
  if (spec.kind === 'synthetic') return spec.blobs ?? [];
  const { models, auxiliaryModels, datasets, rows } = spec.grid;
  return [
    ...[...models, ...auxiliaryModels].flatMap(blobsOfModel),
    ...datasets.flatMap(({ test, train }) => [
      test.ref.images,
      ...(train === undefined ? [] : [train.ref.images]),
    ]),
    ...rows.flatMap(({ fitSet, scores = {} }) => [
      ...(fitSet === null ? [] : [fitSet.ref.images]),
      ...Object.values(scores).flatMap((ofModel) =>
        Object.values(ofModel).flatMap((sets) => Object.values(sets)),
      ),
    ]),
  ];
}

/** Throws `not-found` for a run whose blobs were not uploaded. */
export async function requireBlobs(spec: RunSpec, blobs: BlobStore): Promise<void> {
  for (const digest of blobsOf(spec)) {
    if (!(await blobs.has(digest))) {
      throw new OodError(
        'not-found',
        `blob ${digest} was not uploaded: upload weights and data before submitting`,
      );
    }
  }
}
