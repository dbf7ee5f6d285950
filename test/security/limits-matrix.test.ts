import { connect as connectHttp2 } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { type GrpcServer, serveGrpc } from '@oodgrid/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METHODS, stubServices } from '../../packages/coordinator/test/access/stub-server.js';

const MIB = 1024 ** 2;
/** As a status of gRPC. */
const RESOURCE_EXHAUSTED = 8;
const TOO_LARGE = Buffer.alloc(3 * MIB);
const BOMB = gzipSync(Buffer.alloc(256 * MIB));
let server: GrpcServer;
let address: string;

beforeAll(async () => {
  server = await serveGrpc(
    '127.0.0.1:0',
    stubServices(() => undefined),
  );
  address = `127.0.0.1:${server.port}`;
});
afterAll(() => server.close());

/** The status that a call of one message ends with, whatever its bytes are. */
async function statusOf(path: string, body: Buffer, isCompressed: boolean): Promise<number> {
  const session = connectHttp2(`http://${address}`);
  session.on('error', () => undefined);
  try {
    return await new Promise<number>((resolve, reject) => {
      const request = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...(isCompressed ? { 'grpc-encoding': 'gzip' } : {}),
      });
      const take = (headers: Readonly<Record<string, unknown>>) => {
        const found = headers['grpc-status'];
        if (found !== undefined) resolve(Number(found));
      };
      request.on('response', take);
      request.on('trailers', take);
      request.on('error', reject);
      request.resume();
      const header = Buffer.alloc(5);
      header.writeUInt8(isCompressed ? 1 : 0, 0);
      header.writeUInt32BE(body.length, 1);
      request.end(Buffer.concat([header, body]));
    });
  } finally {
    session.destroy();
  }
}

describe.each(METHODS.map(({ path }) => path))('%s', (path) => {
  it('takes no message beyond its size', async () => {
    expect(await statusOf(path, TOO_LARGE, false)).toBe(RESOURCE_EXHAUSTED);
  });

  it('unpacks no message beyond its size', async () => {
    const before = process.memoryUsage().rss;
    expect(await statusOf(path, BOMB, true)).toBe(RESOURCE_EXHAUSTED);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * MIB);
  });
});
