import { readFileSync } from 'node:fs';
import { createConnection, isIP } from 'node:net';
import { connect } from 'node:tls';
import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import type { TlsFiles } from '../tls/certificate-files.js';

/** The beginning of what a server says of itself before anything else. */
const infoSchema = z.object({
  tls_required: z.boolean().default(false),
  tls_verify: z.boolean().default(false),
});
type Info = z.infer<typeof infoSchema>;

/** A server that refuses a certificate does so at once; one that says nothing until then has let it pass. */
const PATIENCE_MS = 2000;

/**
 * Reason and remedy of a link whose TLS cannot be made, by a handshake of its own: the client's library reports a refused certificate
 * as a timeout. Undefined where TLS is not what is wrong. Never throws.
 */
export async function tlsRefusal(server: string, tls: TlsFiles | null): Promise<string | undefined> {
  const { hostname, port } = new URL(server.includes('://') ? server : `nats://${server}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = createConnection({ host, port: Number(port) });
  // Its end is told by what waits for it.
  socket.on('error', () => undefined);
  try {
    const info = await new Promise<Info | undefined>((resolve) => {
      socket.setTimeout(PATIENCE_MS, () => resolve(undefined));
      socket.once('data', (data) => resolve(infoOf(data)));
      socket.once('close', () => resolve(undefined));
    });
    if (info === undefined || !info.tls_required) return undefined;
    if (tls === null) return `it takes links with TLS alone: tls://${hostname}:${port}, and --tls-ca`;
    if (tls.cert === null && info.tls_verify)
      return 'it lets nobody in without a certificate: --tls-cert and --tls-key name yours';
    const name = isIP(host) === 0 ? { servername: host } : {};
    const secured = connect({ socket, host, ...name, ...contents(tls) });
    const code = await new Promise<string>((resolve) => {
      secured.setTimeout(PATIENCE_MS, () => resolve(''));
      secured.once('error', (error) => resolve('code' in error ? String(error.code) : ''));
      secured.once('close', () => resolve(''));
    });
    const alert = /_ALERT_(\w+)/.exec(code)?.[1]?.toLowerCase().replaceAll('_', ' ');
    if (alert !== undefined)
      return `it refuses the certificate in ${tls.cert} (${alert}): that has to be in time, and of an authority that the server's ca_file holds`;
    return /CERT|UNABLE_TO|ISSUER/.test(code)
      ? `its certificate is not accepted (${code}): it has to be in time, name ${host}, and be of an authority in ${tls.ca}`
      : undefined;
  } catch (thrown) {
    return OodError.from(thrown).message;
  } finally {
    socket.destroy();
  }
}

function infoOf(data: Buffer): Info | undefined {
  const json = /^INFO (.*)\r\n/.exec(data.toString())?.[1];
  if (json === undefined) return undefined;
  try {
    return infoSchema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

const contents = ({ cert, key, ca }: TlsFiles) => ({
  ...(cert === null ? {} : { cert: readFileSync(cert) }),
  ...(key === null ? {} : { key: readFileSync(key) }),
  ...(ca === null ? {} : { ca: readFileSync(ca) }),
});
