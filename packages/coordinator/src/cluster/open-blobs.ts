import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OodError } from '@oodgrid/contract';
import { type CentralBlobStore, FolderBlobStore, S3BlobStore, type S3Bucket } from '@oodgrid/transport';

/** Names the coordinator's store whose blobs lie there. */
const OWNER = 'owner.txt';
const noteOf = (storeDir: string) => join(storeDir, 'blobs-place.txt');

/** The bucket and prefix of a store's blobs, as users write it; undefined for a store that has them in its folder. */
function blobsPlace(storeDir: string): string | undefined {
  const note = noteOf(storeDir);
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined;
}

/**
 * Opens the blobs of a store: in its folder (`bucket` is null) or in a bucket. Throws `conflict` for another place than the store has had
 * them in, and for a bucket with those of another store, which would be collected as garbage.
 */
export async function openBlobs(
  storeDir: string,
  bucket: S3Bucket | null,
  storeId: () => string,
): Promise<CentralBlobStore> {
  const folder = join(storeDir, 'blobs');
  const noted = blobsPlace(storeDir);
  const former = noted ?? (existsSync(folder) ? folder : undefined);
  const wanted = bucket?.where ?? folder;
  if (former !== undefined && former !== wanted) {
    throw new OodError(
      'conflict',
      `${storeDir}: its blobs are in ${former}, not in ${wanted}: ${noted === undefined ? 'leave --blobs out' : `give --blobs ${former}`}; "ood-cli backup" and "ood-cli restore" move a store`,
    );
  }
  if (bucket === null) return new FolderBlobStore(folder);
  await bucket.check();
  await claim(bucket, storeId());
  writeFileSync(noteOf(storeDir), `${bucket.where}\n`);
  return S3BlobStore.open(bucket, join(storeDir, 'uploads'));
}

async function claim(bucket: S3Bucket, id: string): Promise<void> {
  if (await bucket.putIfAbsent(OWNER, new TextEncoder().encode(id))) return;
  const owner = await bucket.text(OWNER);
  if (owner !== id) {
    throw new OodError(
      'conflict',
      `${bucket.where}: the blobs of another coordinator's store are there: name another prefix`,
    );
  }
}
