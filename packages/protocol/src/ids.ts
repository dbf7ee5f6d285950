import { createHash } from 'node:crypto';
import { z } from 'zod';

/** SHA-256 in lower-case hex: the address of a blob, a unit's result or a whole run's results. */
export const digestSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a digest is 64 lower-case hex digits')
  .brand<'Digest'>();
export type Digest = z.infer<typeof digestSchema>;

export const runIdSchema = z
  .string()
  .regex(/^[\w-]{1,80}$/)
  .brand<'RunId'>();
export type RunId = z.infer<typeof runIdSchema>;

export function sha256(bytes: Uint8Array | string): Digest {
  return digestSchema.parse(createHash('sha256').update(bytes).digest('hex'));
}
