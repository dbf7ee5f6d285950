import { EXIT_CODES } from '@oodgrid/contract';
import { OUTPUT_SCHEMAS } from 'ood-cli';
import { afterAll, describe, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { oodCli } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());
const env = { OODGRID_CACHE: cache.cacheDir };
const { file } = writeBlackGrid(cache.folder, { count: 1600, methods: '[baseline, odin, fssd]' });

/** Each command that only looks, with what its text must say. */
const LOOKS: readonly (readonly [keyof typeof OUTPUT_SCHEMAS, readonly string[], RegExp])[] = [
  ['plan', ['plan', file], /^3 cells by \d+ tasks on \d+ workers[\s\S]*\nsweep .*\[0, 500\).*odin/],
  ['plan', ['plan', '--set', 'options.slice=512', file], /score .*\[0, 512\)/],
  ['doctor', ['doctor'], /ok +engine +tensorflow 2\.20\.0 on cpu/],
  ['data list', ['data', 'list'], /fashion-mnist +train +60,000 +28x28x1/],
  ['data verify', ['data', 'verify', 'mnist-10k'], /mnist-10k\/test: present/],
  ['data pull', ['data', 'pull', 'mnist-10k'], /mnist-10k\/test: 10,000 samples from/],
  ['models list', ['models', 'list'], /lenet-fmnist +lenet +fashion-mnist +92\.51 % +present/],
  [
    'models show',
    ['models', 'show', 'lenet-fmnist'],
    /SHA-256 as in the catalog[\s\S]*conv1\.weight +\[32, 1, 3, 3\]/,
  ],
  ['methods list', ['methods', 'list'], /mahalanobis +Mahalanobis/],
  ['methods show', ['methods', 'show', 'odin'], /temperatures +softmax temperatures/],
];

describe.each(LOOKS)('ood-cli %s', (name, args, pattern) => {
  it('prints for people', async () => {
    if (name.startsWith('data')) await oodCli(['data', 'pull', 'mnist-10k'], env);
    const { code, stdout } = await oodCli(args, env);
    expect(code).toBe(0);
    expect(stdout).toMatch(pattern);
  });

  it('prints JSON of its schema', async () => {
    const { code, stdout } = await oodCli([...args, '--json'], env);
    expect(code).toBe(0);
    expect(OUTPUT_SCHEMAS[name].safeParse(JSON.parse(stdout)).error).toBeUndefined();
  });
});

describe('what is not known', () => {
  it.each([
    [['models', 'show', 'lenet-fminst'], 'unknown model "lenet-fminst" (did you mean "lenet-fmnist"?)'],
    [['methods', 'show', 'odinn'], 'unknown method "odinn" (did you mean "odin"?)'],
    [['data', 'pull', 'minst'], 'unknown data set "minst" (did you mean "mnist"?)'],
  ])('%s', async (args, message) => {
    const { code, stderr } = await oodCli(args, env);
    expect(code).toBe(EXIT_CODES['not-found']);
    expect(stderr).toContain(message);
  });
});

describe('doctor', () => {
  it('says what to do where the native engine is missing', async () => {
    const { stdout } = await oodCli(['doctor'], { OODGRID_CACHE: `${cache.folder}/empty` });
    expect(stdout).toMatch(/warning +engine +wasm .* slower[\s\S]*-> npm run setup/);
  });
});
