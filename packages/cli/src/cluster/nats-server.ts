import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OodError } from '@oodgrid/contract';
import { execa, execaSync } from 'execa';
import { coerce, gte } from 'semver';

/** Version that the set-up builds; older ones than 2.11 lack what we use. */
const NATS_SERVER_VERSION = '2.11.0';

/** The nats-server program: OODGRID_NATS_SERVER, what the set-up built, or the one on the PATH. Throws `not-found`. */
export function findNatsServer(cacheDir: string, env: NodeJS.ProcessEnv = process.env): string {
  const built = join(cacheDir, 'servers', `nats-server-${NATS_SERVER_VERSION}`);
  const candidates = [env.OODGRID_NATS_SERVER, existsSync(built) ? built : undefined, 'nats-server'];
  for (const candidate of candidates) {
    if (candidate === undefined || candidate === '') continue;
    const { exitCode, stdout } = execaSync(candidate, ['--version'], {
      env,
      extendEnv: false,
      reject: false,
    });
    const version = coerce(stdout);
    if (exitCode === 0 && version !== null && gte(version, NATS_SERVER_VERSION)) return candidate;
  }
  throw new OodError(
    'not-found',
    'no nats-server 2.11 or later: "npm run setup -- --servers" builds one, or name one in OODGRID_NATS_SERVER',
  );
}

/** Arguments of a nats-server with JetStream on a loopback port. */
export const natsArgs = (storeDir: string, port: number): readonly string[] => [
  '-js',
  '-sd',
  storeDir,
  '-a',
  '127.0.0.1',
  '-p',
  String(port),
];

/** Starts that server. */
export function startNatsServer(program: string, storeDir: string, port: number) {
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  return execa(program, natsArgs(storeDir, port), { stdio, buffer: false, reject: false });
}
