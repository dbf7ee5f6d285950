import { fromSeed } from '@nats-io/nkeys';
import { type Authenticator, createInbox, nkeyAuthenticator, type TlsOptions } from '@nats-io/transport-node';
import { OodError } from '@oodgrid/contract';
import { readSecretFile } from '../access/secret-file.js';
import type { TlsFiles } from '../tls/certificate-files.js';

/** Credentials and TLS of a process for a NATS server. */
export interface NatsSecurity {
  /** Files of a link with TLS, read again for each connection; null: the link is not encrypted. */
  readonly tls: TlsFiles | null;
  /** File of an nkey's seed; null: the server lets everybody in. */
  readonly nkeyFile: string | null;
}

export const OPEN_NATS: NatsSecurity = { tls: null, nkeyFile: null };

export interface NatsIdentity {
  readonly authenticator: Authenticator | undefined;
  readonly tls: TlsOptions | undefined;
  /** Subjects on which it may be answered start with that. */
  readonly inboxPrefix: string;
  /** A new subject for answers. */
  inbox(): string;
}

/** Throws `invalid-input` for a file that holds no seed, or that others can read. */
export function natsIdentity({ tls, nkeyFile }: NatsSecurity): NatsIdentity {
  const inboxPrefix = nkeyFile === null ? '_INBOX' : inboxPrefixOf(publicKeyOf(readSeed(nkeyFile)));
  return {
    authenticator: nkeyFile === null ? undefined : nkeyAuthenticator(() => readSeed(nkeyFile)),
    tls: tls === null ? undefined : tlsOptions(tls),
    inboxPrefix,
    inbox: () => createInbox(inboxPrefix),
  };
}

/** Answers to one user go where nobody else may listen. */
export const inboxPrefixOf = (publicKey: string): string => `_INBOX_${publicKey}`;

function readSeed(path: string): Uint8Array {
  return new TextEncoder().encode(readSecretFile(path, 'the file of the nkey'));
}

function publicKeyOf(seed: Uint8Array): string {
  try {
    return fromSeed(seed).getPublicKey();
  } catch {
    throw new OodError(
      'invalid-input',
      'the file of the nkey holds no seed: "ood-cli nats config" makes them',
    );
  }
}

const tlsOptions = ({ cert, key, ca }: TlsFiles): TlsOptions => ({
  ...(cert === null ? {} : { certFile: cert }),
  ...(key === null ? {} : { keyFile: key }),
  ...(ca === null ? {} : { caFile: ca }),
});
