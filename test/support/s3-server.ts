import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { S3Bucket, s3Credentials, s3Settings } from '@oodgrid/transport';
import { execa } from 'execa';
import getPort from 'get-port';
import { cliContext } from 'ood-cli';
import { vi } from 'vitest';

/** The version that the set-up builds. */
const PROGRAM = 'versitygw-1.8.0';
const KEYS = { AWS_ACCESS_KEY_ID: 'test-key', AWS_SECRET_ACCESS_KEY: 'test-secret-0123456789' };
const MINUTE_MS = 60_000;

const startServer = (folder: string, port: number) =>
  execa(
    join(cliContext([]).cacheDir, 'servers', PROGRAM),
    ['--port', `127.0.0.1:${port}`, '--region', 'us-east-1', 'posix', folder],
    {
      env: { ROOT_ACCESS_KEY: KEYS.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: KEYS.AWS_SECRET_ACCESS_KEY },
      stdio: 'ignore',
      buffer: false,
      reject: false,
    },
  );

/** A real S3 server over a folder, with a bucket `grid`. */
export class S3Server {
  /** Buckets are folders of it, objects files. */
  readonly folder: string;
  readonly endpoint: string;
  readonly #port: number;
  #child: ReturnType<typeof startServer>;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.#port = port;
    this.#child = startServer(folder, port);
  }

  /** Resolves when it answers. */
  static async start(parent: string): Promise<S3Server> {
    const folder = join(parent, 's3');
    mkdirSync(join(folder, 'grid'), { recursive: true });
    const server = new S3Server(folder, await getPort({ host: '127.0.0.1' }));
    await server.#answers();
    return server;
  }

  /** Variables that programs need to use it. */
  get env(): Readonly<Record<string, string>> {
    return { ...KEYS, AWS_ENDPOINT_URL_S3: this.endpoint, AWS_REGION: 'us-east-1' };
  }

  /** A place in its bucket, used with other variables where there are some. */
  bucket(prefix: string, env: Readonly<Record<string, string>> = {}, patienceMs = MINUTE_MS): S3Bucket {
    const all = { ...this.env, ...env };
    return new S3Bucket({
      location: { bucket: 'grid', prefix: `${prefix}/` },
      settings: s3Settings(all),
      credentials: () => s3Credentials(all),
      patienceMs,
      log: () => undefined,
    });
  }

  async down(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child;
  }

  async up(): Promise<void> {
    this.#child = startServer(this.folder, this.#port);
    await this.#answers();
  }

  async #answers(): Promise<void> {
    await vi.waitFor(() => fetch(this.endpoint), { timeout: 20_000, interval: 50 });
  }
}
