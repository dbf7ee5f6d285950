import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '@oodgrid/contract';
import { execa } from 'execa';
import getPort from 'get-port';
import { OUTPUT_SCHEMAS } from 'ood-cli';
import { afterAll, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { ROOT } from '../support/cli.js';
import { commandsOf, Programs, Typist } from '../support/operations-page.js';
import { testCache } from '../support/temporary-cache.js';

/**
 * A back-up of a store that the version of 6042c57 wrote: the journal then called records `bound` and `finished`, tasks were
 * planned otherwise, merged runs were of an older form, and nobody needed a token. One run is done, one is half-way. Without the weights, which
 * this checkout has.
 */
const FIXTURE = fileURLToPath(new URL('fixtures/former-backup.tgz', import.meta.url));
const [DONE, HALF] = ['grid-20261126-010917-21765', 'grid-20261126-010919-21780'];

const cache = testCache();
const programs = new Programs(join(cache.folder, 'bin'));
const typist = new Typist();
afterAll(() => typist.close('SIGKILL'));
const typed = (commands: string, env: Readonly<Record<string, string>> = {}) =>
  typist.type(commands, { programs, cwd: cache.folder, env: { OODGRID_CACHE: cache.cacheDir, ...env } });

it('a back-up of a former version is restored: what was done is there, what was half-way says what to do, its scores are computed anew', async () => {
  const [backup, store] = [join(cache.folder, 'backup'), join(cache.folder, 'store')];
  mkdirSync(backup);
  await execa('tar', ['xzf', FIXTURE, '-C', backup]);
  const weights = join(ROOT, 'models', 'lenet-fmnist.safetensors');
  const digest = sha256(readFileSync(weights));
  const blob = join(backup, 'blobs', digest.slice(0, 2), digest);
  mkdirSync(dirname(blob));
  copyFileSync(weights, blob);

  const where = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
  const asked = { OODGRID_COORDINATOR: where };
  await typed(
    commandsOf('Restore', [
      ['/var/lib/ood-grid', store],
      ['/mnt/backup/ood-grid', backup],
      ['0.0.0.0:7433', where],
      [' --tls-cert coordinator.pem --tls-key coordinator.key --tls-ca ca.pem', ''],
    ]),
  );
  const runs = async () => {
    const said = await typed('ood-cli runs --json 2>/dev/null || echo "{}"', asked);
    return OUTPUT_SCHEMAS.runs
      .safeParse(JSON.parse(said))
      .data?.runs.map(({ run, status }) => `${run} ${status}`);
  };
  await expect.poll(runs, { timeout: 30_000, interval: 100 }).toEqual([`${HALF} failed`, `${DONE} done`]);
  expect(await typed(`ood-cli show ${HALF}`, asked)).toMatch(
    /was begun by another version of the coordinator.*submit the grid again/,
  );
  expect(await typed(`ood-cli watch ${DONE} --output former`, asked)).toContain(
    'digest 78e21be8124abc124156faa5647cf7e9542976509b37fbdee7661f3cebe8280a',
  );
  expect(readdirSync(join(cache.folder, 'former'))).toContain('results.json');

  // Its scores are of a class that says nothing of the processor's rounding: they are not mixed with others.
  const { file } = writeBlackGrid(cache.folder, { count: 1101 });
  const worker = `nohup ood-cli worker --coordinator ${where} > worker.log 2>&1 &`;
  const again = await typed(`${worker}\nood-cli submit ${file}`, asked);
  expect(again).toMatch(/results: /);
  expect(again).toMatch(/ 2,202 forward and 0 gradient passes/);
}, 120_000);
