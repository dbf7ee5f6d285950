import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsSchema } from '@oodgrid/contract';
import { writeNpy } from '@oodgrid/formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { exportedSet, HEAD, writeExported } from '../support/exported-folder.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const env = { OODGRID_CACHE: cache.cacheDir };
const at = (...names: readonly string[]) => join(cache.folder, ...names);

const write = (folder: string, files: Parameters<typeof writeExported>[1]) =>
  writeExported(at(folder), files);

const FILES = {
  id_train: exportedSet(1, 1200, true),
  id_test: exportedSet(2, 300, true),
  ood_near: exportedSet(3, 200, false),
  ood_far: exportedSet(4, 250, false),
  head: HEAD,
};

let whole: string;
beforeAll(() => {
  whole = write('whole', FILES);
  writeFileSync(join(whole, 'notes.txt'), 'mine');
});

async function refused(folder: string): Promise<string> {
  const { code, stderr } = await oodCli(['score', folder, '--output', at('none')], env, cache.folder);
  expect(code).not.toBe(0);
  return stderr;
}

describe('ood-cli score', () => {
  it('runs every method that the files allow, says which it leaves out and why, and writes the report', async () => {
    const output = at('out');
    const { code, stdout, stderr } = await oodCli(
      ['score', whole, '--output', output, '--workers', '1'],
      env,
      cache.folder,
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('not looked at: notes.txt');
    expect(stderr).toMatch(/left out: odin: the export has no gradient, which it needs/);
    expect(stderr).toMatch(/left out: deep-ensemble: it averages models that it must be told/);
    expect(stdout).toContain('No data chose a setting: each method has its own.');
    expect(stdout).toContain('report:');
    const results = resultsSchema.parse(JSON.parse(readFileSync(join(output, 'results.json'), 'utf8')));
    expect(results.protocol).toEqual({ name: 'raw', criterion: null });
    for (const method of ['baseline', 'energy', 'knn', 'vim'])
      expect(results.cells.filter((cell) => cell.method === method)).toHaveLength(2);
    for (const cell of results.cells)
      expect(cell.counts).toMatchObject({ select: { id: 0, ood: 0 }, test: { id: 300 } });
    expect(results.accuracies[0]?.accuracy.value).toBe(1);
    expect(readdirSync(whole).filter((name) => name.startsWith('.'))).toEqual([]);
  }, 120_000);

  it('leaves out what is fitted where there is no id_train, and init writes the same grid', async () => {
    const { id_train: _train, ...rest } = FILES;
    const folder = write('no-train', rest);
    const { code, stderr } = await oodCli(['init', '--features', folder], env, cache.folder);
    expect(code, stderr).toBe(0);
    const text = readFileSync(join(folder, 'grid.yaml'), 'utf8');
    expect(text).toMatch(/# left out: knn: it is fitted on id_train, which is not there/);
    expect(text).toContain('protocol: raw');
    const plan = await oodCli(['plan', join(folder, 'grid.yaml')], env, cache.folder);
    expect(plan.code, plan.stderr).toBe(0);
    const again = await oodCli(['init', '--features', folder], env, cache.folder);
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain('move the one that is there');
  }, 60_000);

  it('refuses a folder without the files, with the names that it looks for, and one with two of a kind', async () => {
    expect(await refused(write('empty', {}))).toContain(
      'has no id_test file: expected id_test.npz, ood_NAME.npz',
    );
    const twice = write('twice', { id_test: FILES.id_test, ood_far: FILES.ood_far });
    writeFileSync(join(twice, 'id_test.npy'), writeNpy(FILES.id_test.features));
    expect(await refused(twice)).toContain('id_test.npy and id_test.npz are both id_test: leave one of them');
  });

  it('scores sub-folders as models, and several ID sets; a cell is what it is alone, whatever its file is', async () => {
    const shifted = (seed: number) => exportedSet(seed, 300, true);
    const files = (seed: number) => ({
      id_train: { ...exportedSet(seed, 400, true), ...HEAD },
      id_test: shifted(seed + 1),
      id_other_train: exportedSet(seed + 2, 400, true),
      id_other_test: shifted(seed + 3),
      ood_far: exportedSet(seed + 4, 200, false),
    });
    const models = { first: files(10), second: files(20) };
    for (const [name, all] of Object.entries(models)) write(join('models', name), all);
    // Of one model alone, and its OOD set as arrays in files of their own.
    const { ood_far: far, id_test: _test, id_train: _train, ...rest } = models.second;
    const alone = write('second', { ...rest, head: HEAD });
    mkdirSync(join(alone, 'ood_far'));
    for (const [key, array] of Object.entries(far))
      writeFileSync(join(alone, 'ood_far', `${key}.npy`), writeNpy(array));
    const cellsOf = async (folder: string) => {
      const { code, stdout, stderr } = await oodCli(
        ['score', folder, '--json', '--workers', '1', '--output', join(folder, '..', `${folder}-out`)],
        env,
        cache.folder,
      );
      expect(code, stderr).toBe(0);
      return resultsSchema
        .parse(JSON.parse(stdout))
        .cells.map(({ seconds: _seconds, ...cell }) => cell)
        .sort((a, b) => (a.method < b.method ? -1 : 1));
    };
    const together = await cellsOf(at('models'));
    const methods = new Set(together.map(({ method }) => method));
    expect(methods).toContain('vim');
    expect(together).toHaveLength(methods.size * 4);
    expect(new Set(together.map(({ scores }) => scores.id)).size).toBeGreaterThan(methods.size * 3);
    expect(together.filter(({ model, id }) => model === 'second' && id === 'other')).toEqual(
      await cellsOf(alone),
    );
  }, 120_000);

  it('calls the model as its folder is called, in any script', async () => {
    const folder = write('мои features', { id_test: FILES.id_test, ood_far: FILES.ood_far });
    const { code, stderr } = await oodCli(['init', '--features', folder], env, cache.folder);
    expect(code, stderr).toBe(0);
    const text = readFileSync(join(folder, 'grid.yaml'), 'utf8');
    expect(text).toContain('"name":"мои features"');
    expect((await oodCli(['plan', join(folder, 'grid.yaml')], env, cache.folder)).code).toBe(0);
  }, 60_000);
});
