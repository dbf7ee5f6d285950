import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OodError } from '@oodgrid/contract';
import { z } from 'zod';

const SCHEMA = 'oodgrid.backup/v1';

const manifestSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  /** Time at which the database was copied; later changes are not in the backup. */
  at: z.iso.datetime(),
  /** Id of the coordinator's store. */
  store: z.string(),
  /** Name of the database in the folder, with the start of its SHA-256. */
  database: z.string().regex(/^store-[0-9a-f]{16}\.db$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Contents of a back-up apart from its blobs. It is written last, so that a folder without it is no back-up. */
export type BackupManifest = z.infer<typeof manifestSchema>;

export const manifestPath = (folder: string): string => join(folder, 'backup.json');

export const encodeManifest = (manifest: Omit<BackupManifest, 'schema'>): string =>
  `${JSON.stringify({ schema: SCHEMA, ...manifest }, null, 2)}\n`;

/** Throws `not-found` where there is no back-up, `corrupt-data` for one that this version cannot read. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const path = manifestPath(folder);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const { code, message } = OodError.from(cause);
    throw new OodError(code, `${folder} is no back-up: ${message}; "ood-cli backup" makes one`, { cause });
  });
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new OodError('corrupt-data', `${path}: damaged, or of another version: take another back-up`, {
      cause,
    });
  }
}
