import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';

export interface CertificateFilesOf {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateWishes {
  /** Days from now; a negative number: it has expired. */
  readonly days?: number;
  /** `subjectAltName` of openssl. */
  readonly names?: string;
}

const openssl = (...args: readonly string[]) => execaSync('openssl', args, { stdio: 'pipe' });

/** A certificate authority of a test, made on the spot by openssl. */
export class Authority {
  readonly ca: string;
  readonly #folder: string;
  readonly #key: string;
  #serial = 0;

  constructor(folder: string, name = 'test authority') {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.ca = join(folder, 'ca.pem');
    this.#key = join(folder, 'ca.key');
    const subject = ['-subj', `/CN=${name}`];
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      ...subject,
      '-keyout',
      this.#key,
      '-out',
      this.ca,
    );
  }

  /** A new key and its certificate. */
  issue(
    commonName: string,
    { days = 1, names = 'DNS:localhost,IP:127.0.0.1' }: CertificateWishes = {},
  ): CertificateFilesOf {
    const base = join(this.#folder, `${commonName}-${++this.#serial}`);
    const [key, request, cert, extensions] = [`${base}.key`, `${base}.csr`, `${base}.pem`, `${base}.ext`];
    writeFileSync(extensions, `subjectAltName=${names}\n`);
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${commonName}`,
      '-keyout',
      key,
      '-out',
      request,
    );
    const signed = [
      '-CA',
      this.ca,
      '-CAkey',
      this.#key,
      '-set_serial',
      String(this.#serial),
      '-extfile',
      extensions,
    ];
    openssl('x509', '-req', '-in', request, '-days', String(days), ...signed, '-out', cert);
    return { cert, key };
  }
}
