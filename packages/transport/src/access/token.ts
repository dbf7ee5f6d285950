import { createHash, randomBytes, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { OodError } from '@oodgrid/contract';
import type { Role } from './role.js';

/** A token as its parts say; nobody has looked yet whether it is known. */
export interface TokenParts {
  /** Names the token in lists and logs; no secret. */
  readonly id: string;
  readonly text: string;
}

const ID_CHARACTERS = 8;
const SECRET_BYTES = 32;
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const SHAPE = /^(?<body>oog_[vswa]_(?<id>[0-9a-z]{8})_[\w-]{43})(?<sum>[\w-]{6})$/;

/**
 * `oog_<role>_<id><_secret><checksum>`: a prefix for those who search repositories for secrets, the role's first letter
 * and the id for people, 256 random bits, and a CRC-32 so that a token which was copied badly is told from one that is
 * refused.
 */
export function makeToken(role: Role): TokenParts {
  const id = Array.from({ length: ID_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const body = `oog_${role.charAt(0)}_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { id, text: `${body}${checksum(body)}` };
}

/** Throws `unauthenticated` for what is no token, without repeating it. */
export function parseToken(text: string): TokenParts {
  const found = SHAPE.exec(text)?.groups;
  if (found?.body === undefined || found.id === undefined || checksum(found.body) !== found.sum) {
    throw new OodError(
      'unauthenticated',
      'what was given as a token is none: a part of it is missing, or it was copied wrongly',
    );
  }
  return { id: found.id, text };
}

/** Returns the hash of a token, which is all that is stored. Its 256 bits are random, so that a fast hash is as good as a slow one. */
export const hashToken = (text: string): Buffer => createHash('sha256').update(text).digest();

function checksum(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64url');
}
