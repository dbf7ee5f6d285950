import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../steps.mjs';

/**
 * Unpacks packages of Debian, and what they need and this machine lacks, into `<cacheDir>/servers/<name>`, without installing anything. True
 * when it was there. Rejects where there is no apt-get, or no package of that name.
 */
export async function unpackDebian(cacheDir, name, packages) {
  const servers = join(cacheDir, 'servers');
  const target = join(servers, name);
  if (existsSync(target)) return true;
  mkdirSync(servers, { recursive: true });
  const work = mkdtempSync(join(servers, 'debian-'));
  try {
    const archives = join(work, 'archives');
    mkdirSync(join(archives, 'partial'), { recursive: true });
    const apt = [
      '-y',
      '--no-install-recommends',
      '-o',
      `Dir::Cache::archives=${archives}`,
      '-o',
      'Debug::NoLocking=1',
    ];
    const download = () => run('apt-get', ['install', '--download-only', ...apt, ...packages]);
    // A fresh container has no lists of packages yet.
    await download().catch(async () => {
      await run('apt-get', ['update']);
      await download();
    });
    const root = join(work, 'root');
    mkdirSync(root);
    for (const file of readdirSync(archives)) {
      if (file.endsWith('.deb')) await run('dpkg', ['-x', join(archives, file), root]);
    }
    // Appears whole or not at all, whoever else unpacks it.
    renameSync(root, target);
    return false;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
