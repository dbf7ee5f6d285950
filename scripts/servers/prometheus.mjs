import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from '../engine/recipe.mjs';
import { run } from '../steps.mjs';

/**
 * Prometheus and promtool from Debian's package, unpacked into the cache without being installed. Gives the folder of the two
 * programs. Throws with what to do where the package cannot be had.
 */
export async function installPrometheus(cache) {
  const given = process.env.OODGRID_PROMETHEUS;
  if (given) return given;
  const folder = join(cache, 'servers', 'prometheus');
  const programs = join(folder, 'usr', 'bin');
  if (existsSync(join(programs, 'promtool'))) return programs;
  mkdirSync(join(cache, 'servers'), { recursive: true });
  const work = mkdtempSync(join(cache, 'servers', 'prometheus-'));
  try {
    await download(work);
    const [file] = readdirSync(work).filter((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['-x', join(work, file), join(work, 'unpacked')]);
    // Appears whole or not at all, whoever else unpacks it.
    try {
      renameSync(join(work, 'unpacked'), folder);
    } catch (error) {
      if (!existsSync(join(programs, 'promtool'))) throw error;
    }
    return programs;
  } catch (cause) {
    throw new Error(
      `Prometheus cannot be had from Debian's package "prometheus": ${cause.message}\nInstall Prometheus 2.42 or later and name the folder of prometheus and promtool in OODGRID_PROMETHEUS`,
      { cause },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Without root, and with package lists of its own where there are none. */
async function download(work) {
  try {
    await run('apt-get', ['download', 'prometheus'], { cwd: work });
  } catch {
    const lists = join(work, 'apt');
    mkdirSync(join(lists, 'lists', 'partial'), { recursive: true });
    mkdirSync(join(lists, 'cache', 'archives', 'partial'), { recursive: true });
    const own = [
      ['-o', `Dir::State::lists=${join(lists, 'lists')}`],
      ['-o', `Dir::Cache=${join(lists, 'cache')}`],
      ['-o', 'Debug::NoLocking=1'],
    ].flat();
    await run('apt-get', [...own, 'update'], { cwd: work });
    await run('apt-get', [...own, 'download', 'prometheus'], { cwd: work });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await installPrometheus(process.argv[2] ?? cacheDir())}\n`);
}
