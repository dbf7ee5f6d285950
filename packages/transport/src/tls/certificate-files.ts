import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { experimental } from '@grpc/grpc-js';
import { type Log, OodError } from '@oodgrid/contract';

export interface TlsFiles {
  /** PEM file of the certificate and its chain; null: this side shows none. */
  readonly cert: string | null;
  /** PEM file of its private key. */
  readonly key: string | null;
  /** PEM file of the authorities whose certificates are accepted from the other side; null: none is asked for. */
  readonly ca: string | null;
}

type Provider = experimental.CertificateProvider;
type Listener<T> = (update: T | null) => void;
interface Identity {
  readonly certificate: Buffer;
  readonly privateKey: Buffer;
}
interface Material {
  readonly identity: Identity | null;
  readonly ca: Buffer | null;
  readonly expiresAt: Date | null;
}

const POLL_MS = 1000;

/**
 * Certificates in files that are replaced while the process runs: new connections use the new ones, old connections
 * go on. Read by content, so that renamed, rewritten and swapped files are all noticed. What cannot be used (a half-written
 * file, a key that is not the certificate's, one that has expired) changes nothing: the last good ones stay.
 */
export class CertificateFiles implements Provider {
  readonly #files: TlsFiles;
  readonly #log: Log;
  readonly #caListeners = new Set<Listener<{ caCertificate: Buffer }>>();
  readonly #identityListeners = new Set<Listener<Identity>>();
  #material: Material;
  #problem = '';
  readonly #timer: NodeJS.Timeout;

  /** Throws `invalid-input`, `not-found` or `unavailable` for files that cannot be used. */
  constructor(files: TlsFiles, log: Log) {
    this.#files = files;
    this.#log = log;
    this.#material = read(files);
    this.#timer = setInterval(() => this.#refresh(), POLL_MS);
    this.#timer.unref();
  }

  /** Expiry of the certificate in use; null without one. */
  get expiresAt(): Date | null {
    return this.#material.expiresAt;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  addCaCertificateListener(listener: Listener<{ caCertificate: Buffer }>): void {
    this.#caListeners.add(listener);
    // Not at once: gRPC takes its own place among the listeners after this call.
    process.nextTick(() => this.#tellCa(listener));
  }

  removeCaCertificateListener(listener: Listener<{ caCertificate: Buffer }>): void {
    this.#caListeners.delete(listener);
  }

  addIdentityCertificateListener(listener: Listener<Identity>): void {
    this.#identityListeners.add(listener);
    process.nextTick(() => listener(this.#material.identity));
  }

  removeIdentityCertificateListener(listener: Listener<Identity>): void {
    this.#identityListeners.delete(listener);
  }

  #tellCa(listener: Listener<{ caCertificate: Buffer }>): void {
    const { ca } = this.#material;
    listener(ca === null ? null : { caCertificate: ca });
  }

  #refresh(): void {
    try {
      const fresh = read(this.#files);
      this.#problem = '';
      if (isSame(fresh, this.#material)) return;
      this.#material = fresh;
      const until = fresh.expiresAt === null ? '' : `, good until ${fresh.expiresAt.toISOString()}`;
      this.#log(`certificates were read again${until}`);
      for (const listener of this.#caListeners) this.#tellCa(listener);
      for (const listener of this.#identityListeners) listener(fresh.identity);
    } catch (thrown) {
      const { message } = OodError.from(thrown);
      if (message !== this.#problem)
        this.#log(`${message}; going on with the former certificates`, { level: 'warn' });
      this.#problem = message;
    }
  }
}

const isSame = (a: Material, b: Material): boolean =>
  sameBytes(a.ca, b.ca) &&
  sameBytes(a.identity?.certificate ?? null, b.identity?.certificate ?? null) &&
  sameBytes(a.identity?.privateKey ?? null, b.identity?.privateKey ?? null);

const sameBytes = (a: Buffer | null, b: Buffer | null): boolean =>
  a === null ? b === null : b !== null && a.equals(b);

/** Reads the files and checks that they belong together. Never quotes what is in them. */
function read({ cert, key, ca }: TlsFiles): Material {
  if ((cert === null) !== (key === null))
    throw new OodError('invalid-input', '--tls-cert and --tls-key go together: the other one is missing');
  const authorities = ca === null ? null : readPem(ca);
  if (ca !== null && authorities !== null) checkCertificates(ca, authorities);
  if (cert === null || key === null) return { identity: null, ca: authorities, expiresAt: null };
  const certificate = readPem(cert);
  const privateKey = readPem(key);
  const leaf = checkCertificates(cert, certificate);
  if (!isKeyOf(leaf, privateKey))
    throw new OodError('invalid-input', `${key} does not hold the private key of the certificate in ${cert}`);
  const expiresAt = new Date(leaf.validTo);
  if (expiresAt.getTime() <= Date.now())
    throw new OodError('invalid-input', `the certificate in ${cert} expired on ${expiresAt.toISOString()}`);
  return { identity: { certificate, privateKey }, ca: authorities, expiresAt };
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code, message } = OodError.from(cause);
    throw new OodError(code, `${path} cannot be read: ${message}`, { cause });
  }
}

/** The first certificate of a file. Throws `invalid-input` when TLS could not use the file. */
function checkCertificates(path: string, pem: Buffer): X509Certificate {
  try {
    createSecureContext({ ca: pem });
    return new X509Certificate(pem);
  } catch {
    throw new OodError('invalid-input', `${path} holds no certificates in PEM, or only a part of them`);
  }
}

function isKeyOf(certificate: X509Certificate, privateKey: Buffer): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}
