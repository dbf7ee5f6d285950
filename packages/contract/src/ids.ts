import { createHash } from 'node:crypto';
import { z } from 'zod';

const DIGEST = /^[0-9a-f]{64}$/;

/** SHA-256 in lower-case hex: the address of a blob, a unit's result or a whole run's results. */
export const digestSchema = z
  .string()
  .regex(DIGEST, 'a digest is 64 lower-case hex digits')
  .brand<'Digest'>();
export type Digest = z.infer<typeof digestSchema>;

/** Whether a text is a digest; cheaper than the schema, for what comes by the thousand. */
export const isDigest = (text: string): text is Digest => DIGEST.test(text);

const RUN_ID = /^[\w-]{1,80}$/;
export const runIdSchema = z.string().regex(RUN_ID).brand<'RunId'>();
export type RunId = z.infer<typeof runIdSchema>;

export const isRunId = (text: string): text is RunId => RUN_ID.test(text);

export function sha256(bytes: Uint8Array | string): Digest {
  // It is one by construction: checking it again would cost more than making it.
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}
