import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseS3Location, S3Bucket, s3Credentials, s3Settings } from '@oodgrid/transport';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Server } from '../support/s3-server.js';
import { testCache } from '../support/temporary-cache.js';

const { folder } = testCache();
let server: S3Server;
beforeAll(async () => {
  server = await S3Server.start(folder);
});
afterAll(() => server?.down());

const failure = (check: Promise<unknown>) => expect(check).rejects;

describe('a bucket', () => {
  it('that can be used passes its check, which leaves nothing behind; an object is written once', async () => {
    const bucket = server.bucket('checked');
    await bucket.check();
    for await (const { key } of bucket.list()) expect.unreachable(key);
    const [one, other] = [Buffer.from('one'), Buffer.from('other')];
    expect(await bucket.putIfAbsent('key', one)).toBe(true);
    expect(await bucket.putIfAbsent('key', other)).toBe(false);
    expect(await bucket.text('key')).toBe('one');
  });

  it('refuses wrong keys: the message names the setting, and never the secret', async () => {
    const wrong = server.bucket('p', { AWS_SECRET_ACCESS_KEY: 'wrong-secret' }).check();
    await failure(wrong).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^s3:\/\/grid\/p: http\S+ does not accept the credentials \(SignatureDoesNotMatch\): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY$/,
      ),
    });
    await failure(server.bucket('p', { AWS_ACCESS_KEY_ID: 'nobody' }).check()).toMatchObject({
      message: expect.stringMatching(/does not accept the credentials \(\w+\): check AWS_ACCESS_KEY_ID/),
    });
  });

  it('that is not there is said to be so', async () => {
    const missing = new S3Bucket({
      location: parseS3Location('s3://none-such/p'),
      settings: s3Settings(server.env),
      credentials: () => s3Credentials(server.env),
      patienceMs: 60_000,
      log: () => undefined,
    });
    await failure(missing.check()).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^s3:\/\/none-such\/p: \S+ has no bucket none-such: make it there/),
    });
  });

  it('of a server that cannot be reached: the message names the endpoint and its setting', async () => {
    const gone = server.bucket('p', { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }, 500).check();
    await failure(gone).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /http:\/\/127\.0\.0\.1:1 cannot be reached: .+: check AWS_ENDPOINT_URL_S3/,
      ),
    });
  });

  it('that was well once is waited for, also by a reader in the middle', async () => {
    const lines: string[] = [];
    const bucket = new S3Bucket({
      location: { bucket: 'grid', prefix: 'waited/' },
      settings: s3Settings(server.env),
      credentials: () => s3Credentials(server.env),
      patienceMs: 60_000,
      log: (line) => lines.push(line),
    });
    await bucket.check();
    const large = Buffer.alloc(48 * 1024 ** 2, 'abcdefghijk');
    expect(await bucket.putIfAbsent('large', large)).toBe(true);
    const parts: Uint8Array[] = [];
    for await (const piece of bucket.read('large')) {
      if (parts.length === 3) {
        await server.down();
        setTimeout(() => server.up(), 700);
      }
      parts.push(piece);
    }
    expect(Buffer.concat(parts).equals(large)).toBe(true);
    expect(lines).toEqual([
      expect.stringMatching(/cannot be reached: .*; trying again$/),
      's3://grid/waited is back',
    ]);
  });

  it('that hides damage on the way is found out: the server checks the digest of what it is sent', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'other bytes');
    const sent = server.bucket('p').putFileIfAbsent('key', file, 'ab'.repeat(32));
    await failure(sent).toMatchObject({ code: 'unavailable' });
    expect(await server.bucket('p').head('key')).toBeUndefined();
  });
});

describe('a server that answers what a real one here does not', () => {
  it.each<[number, string, RegExp]>([
    [403, '<Error><Code>RequestTimeTooSkewed</Code></Error>', /the clock of this machine is wrong .* by NTP/],
    [403, '<Error><Code>AccessDenied</Code></Error>', /may not do this \(AccessDenied\): they need to list/],
    [
      400,
      '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-1</Region></Error>',
      /the bucket is in eu-1, not in us-east-1 .*: set AWS_REGION/,
    ],
    [507, '', /no room left/],
    [404, 'no S3 here', /answers HTTP status 404$/],
    [418, '<Error><Code>Odd</Code><Message>a &amp; b</Message></Error>', /answers Odd: a & b$/],
  ])('%s %s', async (status, body, message) => {
    const odd = createServer((_, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const address = odd.address();
    const port = typeof address === 'object' ? address?.port : 0;
    try {
      const check = server.bucket('p', { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` }).check();
      await failure(check).toMatchObject({ message: expect.stringMatching(message) });
    } finally {
      odd.closeAllConnections();
      odd.close();
    }
  });

  it('once in a while is asked again', async () => {
    let asked = 0;
    const busy = createServer((_, response) => {
      asked++;
      if (asked < 3) response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
      else response.end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
    });
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const address = busy.address();
    const port = typeof address === 'object' ? address?.port : 0;
    try {
      const bucket = server.bucket('p', { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` });
      for await (const { key } of bucket.list()) expect.unreachable(key);
      expect(asked).toBe(3);
    } finally {
      busy.closeAllConnections();
      busy.close();
    }
  });
});

describe('settings', () => {
  it('are those of the AWS tools', () => {
    expect(s3Settings({ AWS_REGION: 'eu-1' })).toEqual({
      endpoint: 'https://s3.eu-1.amazonaws.com',
      region: 'eu-1',
    });
    expect(() => s3Settings({ AWS_ENDPOINT_URL: 'http://10.0.0.1:9000' })).toThrow(
      /http:\/\/ does not encrypt/,
    );
    expect(
      s3Settings({ AWS_ENDPOINT_URL: 'http://10.0.0.1:9000', OODGRID_S3_INSECURE_HTTP: '1' }).endpoint,
    ).toBe('http://10.0.0.1:9000');
    for (const text of ['10.0.0.1', 'https://key:secret@host', 'https://host/bucket'])
      expect(() => s3Settings({ AWS_ENDPOINT_URL_S3: text })).toThrow(/is no address of a server of S3/);
  });

  it.each(['s3://', 's3://ab', 's3://Grid', 's3://grid/../x', 's3://grid//x', 's3://grid/a b'])(
    '%s is no place',
    (text) => {
      expect(() => parseS3Location(text)).toThrow(/write s3:\/\/BUCKET\/PREFIX/);
    },
  );

  it('take credentials from a file that only its owner may read', () => {
    const file = join(folder, 'credentials');
    writeFileSync(
      file,
      '# ours\n[other]\naws_access_key_id = o\n[default]\naws_access_key_id = k\naws_secret_access_key=s=1\n',
    );
    chmodSync(file, 0o600);
    const env = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_ACCESS_KEY_ID: 'unused' };
    expect(s3Credentials(env)).toMatchObject({ accessKeyId: 'k', secretAccessKey: 's=1' });
    expect(() => s3Credentials({ ...env, AWS_PROFILE: 'other' })).toThrow(
      /no credentials for S3 in section \[other\] of /,
    );
    chmodSync(file, 0o644);
    expect(() => s3Credentials(env)).toThrow(/can be read by others \(mode 644\)/);
    rmSync(file);
    expect(() => s3Credentials({})).toThrow(/set both, or name a file of them/);
  });
});
