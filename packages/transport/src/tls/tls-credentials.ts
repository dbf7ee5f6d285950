import { type ChannelCredentials, experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { CertificateFiles } from './certificate-files.js';

// gRPC calls these functions experimental; nothing else here uses them.

/**
 * Credentials of a server whose certificate may be replaced while it runs; `asksForCertificates`: clients that do not
 * show a certificate of the authorities are turned away.
 */
export const serverTls = (files: CertificateFiles, asksForCertificates: boolean): ServerCredentials =>
  experimental.createCertificateProviderServerCredentials(
    // The names of its parameters are mixed up: the first is the server's own certificate, the second the authorities.
    files,
    asksForCertificates ? files : null,
    asksForCertificates,
  );

/** The same of a client; `showsCertificate`: it has one of its own. */
export const clientTls = (files: CertificateFiles, showsCertificate: boolean): ChannelCredentials =>
  experimental.createCertificateProviderChannelCredentials(files, showsCertificate ? files : null);
