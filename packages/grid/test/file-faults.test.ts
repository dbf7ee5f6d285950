import { describe, expect, it } from 'vitest';
import { parseGrid } from '../src/parse.js';
import { faultsOf, grid, KNOWN } from './faulty-grid.js';

const bomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
].join('\n');

/** What is no yaml, no text or no grid, and the answer. */
const WRONG_FILES: readonly (readonly [name: string, content: string | Uint8Array, fault: string])[] = [
  ['nothing', '', '1:1  the file holds no grid; it needs protocol, models, pairs and methods'],
  [
    'comments alone',
    '# later\n',
    '1:1  the file holds no grid; it needs protocol, models, pairs and methods',
  ],
  [
    'a list',
    '- a',
    '1:1  expected {name?, protocol, seed?, models, pairs, chooseOn?, fullSpectrum?, ensembles?, measure?, trainingSeeds?, methods, outputs?, options?}, got a list of 1',
  ],
  ['an alias bomb', bomb, '4:45  aliases stand for more than 10,000 values; write them out'],
  ['an undefined alias', grid('models: *m'), '2:9  models: there is no anchor &m above this alias'],
  [
    'an anchor that refers to itself',
    grid('models: &m [*m]'),
    '2:13  models[0]: the alias *m stands inside what it refers to',
  ],
  ['a key twice', `${grid()}\nmodels: [x]`, '5:1  the key "models" is in line 2 already'],
  [
    'a tag',
    grid('seed: !!python/object:os.system x'),
    '5:7  Unresolved tag: !!python/object:os.system; a grid needs no tags (!...), leave it out',
  ],
  [
    'a merge key',
    'x: &x { a: 1 }\noptions:\n  <<: *x',
    '3:3  options: merge keys ("<<") are not supported: write the keys out',
  ],
  ['two documents', `${grid()}\n---\na: 1`, '5:1  a second document starts here; a grid file holds one'],
  ['tabs', 'protocol: x\nmodels:\n\t- a', '3:1  a tab; yaml is indented with spaces'],
  ['a key that is a list', '? [a]\n: 1', '1:3  a key must be plain text'],
  ['old yaml', `%YAML 1.1\n---\n${grid()}`, '1:1  yaml 1.1 is not supported: leave the %YAML line out'],
  [
    'a bracket that is not closed',
    'a: [b, c\nmodels: x',
    '2:1  a "[" is not closed, or what is in it not indented',
  ],
  [
    'UTF-16',
    Buffer.from(`\ufeff${grid()}`, 'utf16le'),
    '1:1  the file is UTF-16; save it as UTF-8 (of Windows PowerShell: -Encoding utf8)',
  ],
  ['Latin-1', Buffer.from('a: 1\nb: \xe9t\xe9', 'latin1'), '2:4  the file is not UTF-8; save it as UTF-8'],
  [
    'bytes',
    Buffer.from([0x61, 0x3a, 0x20, 0]),
    '1:4  a control character (U+0000); a grid is a text file in yaml',
  ],
  ['a million brackets', '['.repeat(1e6), '1:65  nested too deeply for a grid'],
  ['a million closing brackets', ']'.repeat(1e6), '1:65  nested too deeply for a grid'],
  ['half a million list marks', '- '.repeat(5e5), '1:1  nested too deeply for a grid'],
  ['two megabytes', 'x'.repeat(2e6), '1:1  larger than 1 MiB; is it a grid?'],
  [
    'a name of control characters',
    grid('models: [{ name: "a\\e[31m", architecture: lenet, weights: w }]'),
    '2:18  models[0].name: holds control characters or others that cannot be seen',
  ],
  [
    'a model called __proto__',
    grid('models: [{ name: __proto__, architecture: lenet, weights: w }]'),
    '2:18  models[0].name: is a name that JavaScript keeps for itself; give it another',
  ],
  [
    'a prototype',
    `${grid()}\n__proto__: { a: 1 }`,
    '5:1  __proto__: unknown key "__proto__" (known: name, protocol, seed, models, pairs, chooseOn, fullSpectrum, ensembles, measure, trainingSeeds, methods, outputs, options)',
  ],
];

describe('a file that is no grid is refused as input, with the place', () => {
  it.each(WRONG_FILES)('%s', (_, content, fault) => {
    const started = performance.now();
    const [first, ...more] = faultsOf(content);
    expect(first).toBe(`g.yaml:${fault}`);
    expect(more).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('with the place beyond a byte order mark and Windows line ends', () => {
    const text = `\ufeff${grid('seed: x').replaceAll('\n', '\r\n')}`;
    const fault = 'g.yaml:5:7  seed: expected a whole number from 0 to 4294967295, got "x"';
    expect(faultsOf(text)).toEqual([fault]);
    expect(faultsOf(Buffer.from(text))).toEqual([fault]);
    expect(parseGrid(Buffer.from(`\ufeff${grid().replaceAll('\n', '\r\n')}`), 'g', KNOWN).seed).toBe(42);
  });

  it('with its name made visible', () => {
    expect(() => parseGrid('- a', 'a\u001b[31m\nb', KNOWN)).toThrow(/^a\\x1b\[31m\\nb:1:1 {2}/);
  });

  it('but not many values beside an alias', () => {
    const magnitudes = `[${Array(990).fill('0.1').join(', ')}]`;
    const many = Array.from({ length: 12 }, (_, i) => `{ name: odin, as: o${i}, magnitudes: ${magnitudes} }`);
    const text = grid(`methods: [${many.join(', ')}]`)
      .replace('ood: mnist', 'ood: &m mnist')
      .replace('}]', '}, { id: cifar10, ood: *m }]');
    expect(parseGrid(text, 'g', KNOWN).methods).toHaveLength(12);
  });

  it('while anchors that make sense are followed', () => {
    const text = grid('pairs: [&p { id: fashion-mnist, ood: mnist }]').replace(
      '[lenet-fmnist]',
      '&m [lenet-fmnist]',
    );
    expect(parseGrid(text, 'g', KNOWN).pairs).toHaveLength(1);
  });
});
