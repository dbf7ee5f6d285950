import { cpSync, existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { ModuleLog } from '../support/module-log/module-log.js';
import { temporaryCache } from '../support/temporary-cache.js';

const CLI = join(ROOT, 'packages', 'cli');
const cache = temporaryCache();
afterAll(() => cache.remove());
beforeAll(async () => {
  await execa(process.execPath, [join(CLI, 'bin', 'make-manifest.js')]);
});

it('a start loads the command that was asked for and no other', async () => {
  const log = new ModuleLog(join(cache.folder, 'log'));
  const { code } = await oodCli(['data', 'list'], { ...log.env, OODGRID_CACHE: cache.cacheDir });
  expect(code).toBe(0);
  const loaded = log.processes().flatMap(({ modules }) => modules);
  const commands = new Set(loaded.filter((url) => url.includes('packages/cli/dist/commands/')));
  expect([...commands]).toEqual([expect.stringContaining('commands/data/list.js')]);
});

it('a list from before the last compilation hides no command', async () => {
  const root = join(cache.folder, 'cli');
  mkdirSync(root);
  for (const name of ['bin', 'package.json']) cpSync(join(CLI, name), join(root, name), { recursive: true });
  for (const name of ['dist', 'node_modules']) symlinkSync(join(CLI, name), join(root, name));
  const list = join(root, 'oclif.manifest.json');
  writeFileSync(list, JSON.stringify({ version: '0.1.0', commands: {} }));
  const start = () =>
    execa(process.execPath, [join(root, 'bin', 'run.js'), 'data', 'list'], { reject: false });

  expect(await start(), 'a list is believed').toMatchObject({ exitCode: 2 });
  utimesSync(list, 0, 0);
  expect(await start()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('fashion-mnist') });
  expect(existsSync(list)).toBe(false);
});
