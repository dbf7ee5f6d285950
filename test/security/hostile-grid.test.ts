import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNpz } from '@oodgrid/formats';
import getPort from 'get-port';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { Process } from '../support/processes.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const inFolder = (name: string) => join(cache.folder, name);
const env = { OODGRID_CACHE: cache.cacheDir };
const [MODEL, ESCAPING] = ['=HYPERLINK("http://x","y")<script>alert(1)</script>', '../../escaped'];
const [ID, OOD] = ['@SUM(A1) | <img src=x onerror=alert(1)>', '+1 $(touch pwned) `touch pwned` \\input{x}'];
const ROW = '-row';
const GRID = {
  // As long as one may be.
  name: '..'.padEnd(80, 'x'),
  protocol: 'fssd-paper',
  models: [MODEL, ESCAPING].map((name) => ({
    name,
    architecture: 'lenet',
    weights: join(ROOT, 'models/lenet-fmnist.safetensors'),
  })),
  pairs: [{ id: { dir: `./${ID}`, normalisation: { mean: [0.5], std: [0.5] } }, ood: { dir: `./${OOD}` } }],
  methods: [
    { name: 'baseline', as: ROW },
    { name: 'baseline', as: '..' },
  ],
};

let where: string;
let metrics: string;
let serve: Process;
let worker: Process;
/** Output of commands, by their arguments. */
const printed = new Map<string, string>();
let run: string;

beforeAll(async () => {
  const images = new Map([
    ['images', { shape: [1101, 28, 28], data: new Uint8Array(1101 * 784) }],
    ['labels', { shape: [1101], data: new Uint8Array(1101) }],
  ]);
  for (const side of [ID, OOD]) {
    mkdirSync(inFolder(side));
    writeFileSync(join(inFolder(side), 'test.npz'), writeNpz(images));
  }
  // Of which every JSON is one.
  writeFileSync(inFolder('grid.yaml'), JSON.stringify(GRID));
  where = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
  metrics = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
  const places = ['--listen', where, '--store', inFolder('store'), '--metrics', metrics];
  serve = new Process(['serve', '--nats', 'none', '--log-format', 'json', ...places], cache.cacheDir);
  worker = new Process(['worker', '--coordinator', where, '--log-format', 'json'], cache.cacheDir);
  await vi.waitFor(() => expect(serve.stderr).toContain('joined'), { timeout: 30_000, interval: 100 });
  const command = async (...args: string[]) => {
    const { code, stdout, stderr } = await oodCli(args, env, cache.folder);
    expect(code, stderr).toBe(0);
    printed.set(args.join(' '), args.includes('--json') ? stdout : stdout + stderr);
    return stdout + stderr;
  };
  const at = ['--coordinator', where];
  await command('plan', 'grid.yaml');
  const said = await command('submit', 'grid.yaml', '--output', 'out', ...at);
  run = /submitted: (\S+)/.exec(said)?.[1] ?? '';
  for (const name of ['show', 'logs']) await command(name, run, ...at);
  await command('watch', run, '--output', 'again', ...at);
  await command('runs', ...at);
  for (const name of ['plan grid.yaml --json', `show ${run} --json`, 'runs --json'])
    await command(...name.split(' '), ...(name.startsWith('plan') ? [] : at));
}, 120_000);
afterAll(async () => {
  await Promise.all([serve, worker].map((one) => one?.kill()));
});

const read = (name: string) => readFileSync(join(inFolder('out'), name), 'utf8');
/** Signs that a terminal obeys, but for those that make the table's best bold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Checks of each file of a run: they hold whatever names the grid has. */
const FILES: Readonly<Record<string, (text: string) => void>> = {
  'results.json': (text) => expect(JSON.parse(text).cells).toHaveLength(4),
  'results.csv': noFormulas,
  'means.csv': noFormulas,
  'comparisons.csv': noFormulas,
  'table.md': (text) => {
    expect(text).not.toMatch(/(?<!\\)<(?:script|img)/);
    expect(text).not.toMatch(/(?<!\\)`touch/);
  },
  'table.tex': (text) => expect(text).not.toMatch(/\\input|(?<!\\)\$\(/),
  'references.bib': (text) => expect(text).not.toMatch(/<script|<img|\\input/),
  'report.html': (text) => {
    expect(/<script|<img/i.test(text)).toBe(false);
    // No attribute but those of the page: values are told from names by their quotes.
    expect(/<[^>]*\son\w+=/i.test(text.replaceAll(/"[^"]*"/g, '""'))).toBe(false);
    expect(text.includes('&lt;script&gt;')).toBe(true);
  },
  scores: () => undefined,
};

function noFormulas(text: string): void {
  for (const [, quoted, plain = ''] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?:,|\r\n|$)/g)) {
    const field = quoted ?? plain;
    if (!/^-?[\d.e-]+$/.test(field)) expect(field).not.toMatch(/^\s*[=+\-@]/);
  }
}

describe('a grid whose names are markup, formulas, commands and paths', () => {
  it('has every file of a run checked here', () => {
    expect(readdirSync(inFolder('out')).sort()).toEqual(Object.keys(FILES).sort());
    expect(readdirSync(inFolder('again')).sort()).toEqual(Object.keys(FILES).sort());
  });

  it.each(Object.entries(FILES).filter(([name]) => name !== 'scores'))(
    'does nothing in %s',
    (name, check) => {
      const text = read(name);
      expect(text).toMatch(/\S/);
      expect(text.replaceAll('\r\n', '\n')).not.toMatch(ACTIVE);
      check(text);
    },
  );

  it('keeps each of its names in results.json as it is', () => {
    const { cells } = JSON.parse(read('results.json'));
    expect(
      new Set(
        cells.flatMap(({ model, id, ood, method }: Record<string, string>) => [model, id, ood, method]),
      ),
    ).toEqual(new Set([MODEL, ESCAPING, ID, OOD, ROW, '..']));
  });

  it('has a score file for each cell in its folder, and nothing lies anywhere else', () => {
    expect(readdirSync(join(inFolder('out'), 'scores'))).toHaveLength(4);
    expect(readdirSync(cache.folder).sort()).toEqual(
      ['again', 'cache', 'grid.yaml', ID, OOD, 'out', 'store'].sort(),
    );
    for (const name of ['pwned', join('..', 'escaped'), join('..', '..', 'escaped')])
      expect(existsSync(join(inFolder('out'), name))).toBe(false);
    expect(existsSync(join(ROOT, 'pwned'))).toBe(false);
  });

  it('does nothing on a terminal and in what programs read', () => {
    expect(printed.size).toBe(9);
    for (const [words, text] of printed) {
      expect(text, words).not.toMatch(ACTIVE);
      if (words.includes('--json')) expect(() => JSON.parse(text), words).not.toThrow();
    }
  });

  it('does nothing in logs and the audit log: a line of JSON each', () => {
    const logs = [serve.stderr, worker.stderr, readFileSync(join(inFolder('store'), 'audit.jsonl'), 'utf8')];
    for (const line of logs
      .join('\n')
      .split('\n')
      .filter((one) => one !== ''))
      expect(() => JSON.parse(line), line).not.toThrow();
    expect(logs.join('')).toContain(run);
  });

  it('does nothing in metrics: a line of the exposition format each', async () => {
    const text = await (await fetch(`http://${metrics}/metrics`)).text();
    const label = String.raw`[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"`;
    const line = new RegExp(`^(?:#.*|[a-zA-Z_:][\\w:]*(?:\\{(?:${label},?)*\\})? [^ ]+|)$`);
    for (const one of text.split('\n')) expect(one).toMatch(line);
  });
});
