import { visibleName } from '@oodgrid/contract';
import { ROLES } from '@oodgrid/transport';
import { z } from 'zod';

const id = z.string().regex(/^[0-9a-z]{8}$/);
/** Id of the token by which something was done; null: on the coordinator's own machine. */
const by = id.nullable();
const at = z.iso.datetime();

/** One line of the file of tokens. */
export const tokenRecordSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('created'),
    id,
    role: z.enum(ROLES),
    name: z.union([z.literal(''), visibleName(100)]),
    /** SHA-256 of the token, in hex: the token itself is nowhere. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    at,
    expiresAt: at,
    by,
  }),
  z.object({ kind: z.literal('revoked'), id, at, by }),
]);
export type TokenRecord = Readonly<z.infer<typeof tokenRecordSchema>>;
