import type { ServerCredentials } from '@grpc/grpc-js';
import { Flags } from '@oclif/core';
import { type Log, OodError } from '@oodgrid/contract';
import {
  CertificateFiles,
  clientTls,
  type Endpoint,
  endpoint,
  type NatsSecurity,
  serverTls,
  type TlsFiles,
  TokenFile,
} from '@oodgrid/transport';
import { natsFlag } from './nats-flag.js';

/** Certificates of either side of a link. */
export const tlsFlags = {
  'tls-cert': Flags.string({ description: 'PEM file of the certificate to show', env: 'OODGRID_TLS_CERT' }),
  'tls-key': Flags.string({
    description: "PEM file of the certificate's private key",
    env: 'OODGRID_TLS_KEY',
  }),
  'tls-ca': Flags.string({
    description: 'PEM file of the authorities whose certificates are accepted from the other side',
    env: 'OODGRID_TLS_CA',
  }),
};

/** Flags of every command that connects to a coordinator: address, TLS and token. */
export const connectionFlags = {
  ...tlsFlags,
  'token-file': Flags.string({
    description: 'file of the token, which only its owner may read',
    env: 'OODGRID_TOKEN_FILE',
  }),
  'insecure-no-tls': Flags.boolean({
    description: 'send the token to another machine over a link that is not encrypted here',
    default: false,
  }),
};

export interface TlsFlags {
  readonly 'tls-cert'?: string | undefined;
  readonly 'tls-key'?: string | undefined;
  readonly 'tls-ca'?: string | undefined;
}

export interface ConnectionFlags extends TlsFlags {
  readonly 'token-file'?: string | undefined;
  readonly 'insecure-no-tls': boolean;
}

/** The files that flags name; null where they name none. An empty variable names none. */
export function tlsFiles(flags: TlsFlags): TlsFiles | null {
  const named = (path: string | undefined) => (path === undefined || path === '' ? null : path);
  const files = { cert: named(flags['tls-cert']), key: named(flags['tls-key']), ca: named(flags['tls-ca']) };
  return files.cert === null && files.key === null && files.ca === null ? null : files;
}

/** Of a coordinator; null without a certificate. With --tls-ca only those are let in who show a certificate of it. */
export function serverCredentials(flags: TlsFlags, log: Log): ServerCredentials | null {
  const files = tlsFiles(flags);
  if (files === null) return null;
  if (files.cert === null) {
    throw new OodError(
      'invalid-input',
      '--tls-ca alone does not encrypt anything: the coordinator needs --tls-cert and --tls-key as well',
    );
  }
  return serverTls(new CertificateFiles(files, log), files.ca !== null);
}

/** Throws for files that cannot be used, and for a token that would go over the network in the clear. */
export const coordinatorEndpoint = (
  { coordinator, ...flags }: ConnectionFlags & { readonly coordinator: string },
  log: Log,
): Endpoint => endpointMaker(flags, log)(coordinator);

/** The same for a coordinator that may move: its address is given each time. */
export function endpointMaker(flags: ConnectionFlags, log: Log): (address: string) => Endpoint {
  const files = tlsFiles(flags);
  const tokenFile = flags['token-file'];
  if (files !== null && files.ca === null) {
    throw new OodError(
      'invalid-input',
      'without --tls-ca the certificate of the coordinator could not be checked: name the file of its authority',
    );
  }
  const options = {
    tls: files === null ? null : clientTls(new CertificateFiles(files, log), files.cert !== null),
    token: tokenFile === undefined || tokenFile === '' ? null : new TokenFile(tokenFile, log),
    isPlainAllowed: flags['insecure-no-tls'],
  };
  return (address) => endpoint(address, options);
}

/** Flags for the connection to the NATS server. */
export const natsFlags = {
  nats: natsFlag,
  'nats-nkey': Flags.string({
    description: 'file of the seed of the nkey for the NATS server, which only its owner may read',
    env: 'OODGRID_NATS_NKEY',
  }),
};

/** Throws `invalid-input` for tls:// without an authority to check the server by. */
export function natsSecurity(flags: TlsFlags & NatsFlags): NatsSecurity {
  const nkey = flags['nats-nkey'];
  const nkeyFile = nkey === undefined || nkey === '' ? null : nkey;
  if (!flags.nats.startsWith('tls://')) return { tls: null, nkeyFile };
  const tls = tlsFiles(flags);
  if (tls === null || tls.ca === null)
    throw new OodError(
      'invalid-input',
      `${flags.nats} needs --tls-ca: the authority of the server's certificate`,
    );
  return { tls, nkeyFile };
}

interface NatsFlags {
  readonly nats: string;
  readonly 'nats-nkey'?: string | undefined;
}
