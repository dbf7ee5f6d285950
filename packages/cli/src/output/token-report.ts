import { visible } from '@oodgrid/contract';
import { z } from 'zod';

/** Public facts about a token; nothing that grants access. */
export const tokenEntrySchema = z.object({
  id: z.string(),
  role: z.string(),
  name: z.string(),
  status: z.enum(['good', 'expired', 'revoked']),
  createdAt: z.string(),
  /** Id of the token by which it was made; null: on the coordinator's own machine. */
  createdBy: z.string().nullable(),
  expiresAt: z.string(),
  revokedAt: z.string().nullable(),
});
export type TokenEntry = z.infer<typeof tokenEntrySchema>;

export interface TokenFacts {
  readonly id: string;
  readonly role: string;
  readonly name: string;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly now: Date;
}

export function tokenEntry({ now, ...token }: TokenFacts): TokenEntry {
  const revokedAt = token.revokedAt === '' ? null : token.revokedAt;
  const isExpired = Date.parse(token.expiresAt) <= now.getTime();
  return {
    ...token,
    createdBy: token.createdBy === '' ? null : token.createdBy,
    revokedAt,
    status: revokedAt !== null ? 'revoked' : isExpired ? 'expired' : 'good',
  };
}

/** `1a2b3c4d  submitter  good     until 2026-12-25  alice` */
export function tokenText({ id, role, status, name, expiresAt, revokedAt }: TokenEntry): string {
  const when = revokedAt === null ? `until ${expiresAt.slice(0, 10)}` : `on ${revokedAt.slice(0, 10)}`;
  return `${id}  ${role.padEnd(9)}  ${status.padEnd(7)}  ${when}  ${visible(name)}`.trimEnd();
}

export const tokensText = (tokens: readonly TokenEntry[]): string =>
  tokens.length === 0 ? 'no token was made: none is needed' : tokens.map(tokenText).join('\n');
