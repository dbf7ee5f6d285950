import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES, type Results } from '@oodgrid/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { writeSubset } from '../support/small-grid.js';
import { testCache } from '../support/temporary-cache.js';

const { folder, cacheDir } = testCache();
const env = { OODGRID_CACHE: cacheDir };
const at = (name: string) => join(folder, name);
const own = (name: string) => ['--method', at(join('own-method', name))];

/** The example as it is, on fewer images. */
const PAIR = `pairs=[{ id: { dir: ${at('clothes')}, normalisation: { mean: [0.286], std: [0.353] } }, ood: { dir: ${at('digits')} } }]`;
const MODULES = [...own('prototype-cosine.mjs'), ...own('prototype-cosine-arrays.mjs')];

async function submit(output: string, ...more: readonly string[]): Promise<Results> {
  const args = [
    'submit',
    at('own-method/grid.yaml'),
    '--set',
    PAIR,
    '--workers',
    '1',
    '--output',
    at(output),
    '--json',
  ];
  const { code, stdout, stderr } = await oodCli([...args, ...more], env);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  cpSync(join(ROOT, 'examples', 'own-method'), at('own-method'), { recursive: true });
  await writeSubset(at('clothes'), 'fashion-mnist', 'test', 0, 1600);
  await writeSubset(at('clothes'), 'fashion-mnist', 'train', 0, 1000);
  await writeSubset(at('digits'), 'mnist-10k', 'test', 0, 1600);
});

describe('a method in a file of the user', () => {
  it('runs beside those of the catalog, by ops and by typed arrays, and is computed anew when a file of it is edited', async () => {
    const first = await submit('first', ...MODULES);
    expect(first.cells.map(({ method }) => method)).toEqual([
      'baseline',
      'energy',
      'prototype-cosine',
      'prototype-cosine-arrays',
    ]);
    const [, , byOps, byArrays] = first.cells;
    expect(byOps?.title).toBe('Prototype cosine');
    expect(byOps?.hyperparameters.chosen).toEqual(byArrays?.hyperparameters.chosen);
    const auroc = (results: Results, row: number) =>
      results.cells[row]?.metrics.auroc?.estimate ?? Number.NaN;
    // Rounding may turn two neighbours round.
    expect(Math.abs(auroc(first, 2) - auroc(first, 3))).toBeLessThan(1e-4);
    expect(auroc(first, 2)).toBeGreaterThan(0.6);

    const second = await submit('second', ...MODULES);
    expect(second.digest).toBe(first.digest);
    expect(second.run.work.images).toBe(0);

    // The class means without the first class: of a file that both import.
    const file = at('own-method/class-directions.mjs');
    writeFileSync(file, readFileSync(file, 'utf8').replace('let c = 0', 'let c = 1'));
    const third = await submit('third', ...MODULES);
    expect(third.run.work.images).toBeGreaterThan(0);
    for (const row of [2, 3]) expect(third.cells[row]?.scores.id).not.toBe(first.cells[row]?.scores.id);
    for (const row of [0, 1]) expect(third.cells[row]?.scores).toEqual(first.cells[row]?.scores);
  }, 180_000);

  it('is in the plan, the list, the page and the suggestions', async () => {
    const plan = await oodCli(['plan', at('own-method/grid.yaml'), '--set', PAIR, ...MODULES], env);
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('prototype-cosine')]);
    const list = await oodCli(['methods', 'list', ...own('prototype-cosine.mjs')]);
    expect(list.stdout).toMatch(/prototype-cosine +Prototype cosine .*no reference/);
    const show = await oodCli(['methods', 'show', 'prototype-cosine', ...own('prototype-cosine.mjs')]);
    expect(show.stdout).toMatch(/powers +powers to choose from\n +default: 0, 0\.5, 1/);
    const typo = await oodCli(
      ['plan', at('own-method/grid.yaml'), '--set', 'methods.2=prototype-cosin', ...MODULES],
      env,
    );
    expect(typo.stderr).toMatch(/unknown method "prototype-cosin" \(did you mean "prototype-cosine"\?\)/);
    const without = await oodCli(['plan', at('own-method/grid.yaml'), ...own('prototype-cosine.mjs')], env);
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringContaining('unknown method "prototype-cosine-arrays"'),
    ]);
  });

  it('is refused for a cluster, with the reason and the ways out', async () => {
    const outcome = await oodCli(
      ['submit', at('own-method/grid.yaml'), ...MODULES, '--coordinator', '127.0.0.1:1'],
      env,
    );
    expect(outcome.code).toBe(EXIT_CODES['invalid-input']);
    expect(outcome.stderr).toMatch(
      /--method .*: a coordinator and its workers load no code that comes with a submission/,
    );
  });

  it.each<[what: string, text: string, message: RegExp, code: keyof typeof EXIT_CODES]>([
    [
      'breaks when it is loaded',
      'throw new Error("no luck");',
      /bad\.mjs: cannot be loaded: no luck \(line 1\)/,
      'invalid-input',
    ],
    [
      'has a name of the catalog',
      'export default ({ z, defineMethod }) => defineMethod({ name: "vim" });',
      /bad\.mjs: name: there is a method "vim" already/,
      'invalid-input',
    ],
    [
      'scores wrongly',
      `export default ({ z, defineArrayMethod }) => defineArrayMethod({
        name: 'bad', revision: 1, card: { title: 'Bad', score: '0 / 0' },
        config: z.strictObject({}), setting: z.object({}), needs: ({ logits }) => ({ taps: [logits] }),
        score: ({ indices }) => Array.from(indices, () => Number.NaN),
      });`,
      /method "bad" of .*bad\.mjs gives NaN for sample 0 of digits\/test|method "bad" of .*bad\.mjs gives NaN for sample 0 of clothes\/test/,
      'not-finite',
    ],
  ])('that %s ends the run with its path and exit code', async (_what, text, message, code) => {
    writeFileSync(at('bad.mjs'), text);
    const outcome = await oodCli(
      [
        'submit',
        at('own-method/grid.yaml'),
        '--set',
        PAIR,
        '--set',
        'methods=[bad]',
        '--workers',
        '1',
        '--method',
        at('bad.mjs'),
      ],
      env,
    );
    expect([outcome.code, outcome.stderr]).toEqual([EXIT_CODES[code], expect.stringMatching(message)]);
  });
});
