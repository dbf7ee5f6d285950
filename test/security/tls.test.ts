import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { digestSchema } from '@oodgrid/contract';
import {
  blobService,
  CertificateFiles,
  clientTls,
  endpoint,
  FolderBlobStore,
  type GrpcServer,
  RemoteBlobStore,
  serveGrpc,
  serverTls,
  type TlsFiles,
} from '@oodgrid/transport';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Authority } from '../support/authority.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-tls-'));
const authority = new Authority(join(folder, 'authority'));
const stranger = new Authority(join(folder, 'stranger'));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function certificateFiles(files: TlsFiles, lines: string[] = []): CertificateFiles {
  const opened = new CertificateFiles(files, (line) => lines.push(line));
  closing.push(() => opened.close());
  return opened;
}

/** A blob service behind TLS, which is all that is needed to see who gets through. */
async function serve(
  files: TlsFiles,
  lines: string[] = [],
): Promise<GrpcServer & { readonly address: string }> {
  const blobs = new FolderBlobStore(join(folder, 'blobs'));
  const tls = serverTls(certificateFiles(files, lines), files.ca !== null);
  const server = await serveGrpc('127.0.0.1:0', [blobService({ blobs, onStored: () => undefined })], { tls });
  closing.push(() => server.close());
  return { ...server, address: `127.0.0.1:${server.port}` };
}

/** Asks for a blob that is not there; resolves to `false` when the answer came. */
function ask(address: string, files: TlsFiles | null): Promise<boolean> {
  const tls = files === null ? null : clientTls(certificateFiles(files), files.cert !== null);
  const blobs = new RemoteBlobStore(endpoint(address, { tls, token: null, isPlainAllowed: false }));
  closing.push(() => blobs.close());
  return blobs.has(digestSchema.parse('0'.repeat(64)));
}

describe('links with TLS', () => {
  const server = authority.issue('coordinator');
  const client = authority.issue('worker');
  const mutual = { ...server, ca: authority.ca };

  it('let a client through that trusts the authority, and none that does not', async () => {
    const { address } = await serve({ ...server, ca: null });
    expect(await ask(address, { cert: null, key: null, ca: authority.ca })).toBe(false);
    await expect(ask(address, { cert: null, key: null, ca: stranger.ca })).rejects.toThrow(/certificate/);
    await expect(ask(address, null)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ask for a certificate of the authority where the coordinator has --tls-ca', async () => {
    const { address } = await serve(mutual);
    expect(await ask(address, { ...client, ca: authority.ca })).toBe(false);
    await expect(ask(address, { cert: null, key: null, ca: authority.ca })).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(ask(address, { ...stranger.issue('worker'), ca: authority.ca })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('refuse a coordinator whose certificate is for another name', async () => {
    const { address } = await serve({
      ...authority.issue('other', { names: 'DNS:other.example' }),
      ca: null,
    });
    await expect(ask(address, { cert: null, key: null, ca: authority.ca })).rejects.toThrow(/certificate/);
  });

  it('refuse a client whose certificate has expired', async () => {
    const { address } = await serve(mutual);
    expect(() => certificateFiles({ ...authority.issue('late', { days: -1 }), ca: authority.ca })).toThrow(
      'expired',
    );
    expect(await ask(address, { ...client, ca: authority.ca })).toBe(false);
  });

  it('let nobody through by an expired certificate, whatever shows it', async () => {
    const { port } = await serve(mutual);
    const late = authority.issue('late', { days: -1 });
    // A peer that does not look at its own certificate, as our programs do.
    expect(await greeting(port, client)).toBe('greeted');
    expect(await greeting(port, late)).not.toBe('greeted');
    const impostor = createServer({
      cert: readFileSync(late.cert),
      key: readFileSync(late.key),
      ALPNProtocols: ['h2'],
    });
    closing.push(() => impostor.close());
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const { port: its } = impostor.address() as AddressInfo;
    await expect(ask(`localhost:${its}`, { cert: null, key: null, ca: authority.ca })).rejects.toThrow(
      /certificate/,
    );
  });
});

/** Returns the first word of a server to a client with that certificate; `greeted` where it goes on. */
const greeting = (port: number, { cert, key }: { readonly cert: string; readonly key: string }) =>
  new Promise<string>((resolve) => {
    const [certificate, secret] = [readFileSync(cert), readFileSync(key)];
    const socket = connect({
      ...{ host: '127.0.0.1', port, servername: 'localhost', ALPNProtocols: ['h2'] },
      ...{ ca: readFileSync(authority.ca), cert: certificate, key: secret },
    });
    socket.once('data', () => resolve('greeted'));
    socket.once('error', ({ message }) => resolve(message));
    socket.once('close', () => resolve('closed'));
    closing.push(() => socket.destroy());
  });

describe('certificates that are replaced', () => {
  const place = (name: string) => join(folder, name);
  /** Files of one side that can be rewritten. */
  function changeable(name: string, by: Authority = authority) {
    const files = { cert: place(`${name}.pem`), key: place(`${name}.key`), ca: place(`${name}-ca.pem`) };
    const write = (of: Authority = by, trusting: readonly Authority[] = [of]) => {
      const issued = of.issue(name);
      copyFileSync(issued.cert, files.cert);
      copyFileSync(issued.key, files.key);
      writeFileSync(files.ca, trusting.map(({ ca }) => readFileSync(ca, 'utf8')).join(''));
    };
    write();
    return { files, write };
  }

  it('admit both authorities while the bundle has both, and the new one alone after that', async () => {
    const lines: string[] = [];
    const own = changeable('rotating');
    const { address } = await serve(own.files, lines);
    const old = { ...authority.issue('worker'), ca: authority.ca };
    expect(await ask(address, old)).toBe(false);
    const both = [authority, stranger];
    own.write(authority, both);
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(1);
    const fresh = { ...stranger.issue('worker'), ca: authority.ca };
    expect(await ask(address, old)).toBe(false);
    expect(await ask(address, fresh)).toBe(false);
    own.write(stranger, [stranger]);
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(1);
    await expect.poll(() => ask(address, { ...fresh, ca: stranger.ca }), { timeout: 10_000 }).toBe(false);
    await expect(ask(address, { ...old, ca: stranger.ca })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    [
      'a certificate without its key',
      ({ cert }: { cert: string; key: string }) => copyFileSync(authority.issue('rotating').cert, cert),
    ],
    [
      'half a certificate',
      ({ cert }: { cert: string; key: string }) =>
        writeFileSync(cert, readFileSync(cert, 'utf8').slice(0, 200)),
    ],
    ['no key', ({ key }: { cert: string; key: string }) => unlinkSync(key)],
    ['an empty key', ({ key }: { cert: string; key: string }) => writeFileSync(key, '')],
    [
      'half an authority',
      ({ ca }: { cert: string; key: string; ca: string }) =>
        writeFileSync(ca, '-----BEGIN CERTIFICATE-----\nMIIB'),
    ],
  ])('%s changes nothing, is told once, and the next whole pair is taken', async (_what, tear) => {
    const lines: string[] = [];
    const own = changeable(`torn-${Math.random()}`);
    const { address } = await serve(own.files, lines);
    const client = { ...authority.issue('worker'), ca: authority.ca };
    tear(own.files);
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(1);
    expect(lines[0]).toContain('going on with the former certificates');
    expect(lines[0]).not.toContain('BEGIN');
    expect(await ask(address, client)).toBe(false);
    expect(await ask(address, client)).toBe(false);
    own.write();
    await expect.poll(() => lines.at(-1), { timeout: 10_000 }).toContain('were read again');
    expect(lines).toHaveLength(2);
    expect(await ask(address, client)).toBe(false);
  });

  it('are noticed behind a link that is swapped, as a volume of secrets does it', async () => {
    const lines: string[] = [];
    const [first, second] = [changeable('first'), changeable('second')];
    const link = place('current');
    symlinkSync(first.files.cert, link);
    const key = place('current-key');
    symlinkSync(first.files.key, key);
    certificateFiles({ cert: link, key, ca: null }, lines);
    for (const [name, to] of [
      [key, second.files.key],
      [link, second.files.cert],
    ] as const) {
      symlinkSync(to, `${name}.new`);
      renameSync(`${name}.new`, name);
    }
    await expect.poll(() => lines.at(-1), { timeout: 10_000 }).toContain('were read again');
  });
});
