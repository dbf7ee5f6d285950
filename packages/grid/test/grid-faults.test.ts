import { OodError } from '@oodgrid/protocol';
import { describe, expect, it } from 'vitest';
import { parseGrid } from '../src/parse.js';

const KNOWN = {
  models: ['lenet-fmnist', 'lenet-fmnist-oe', 'lenet-fmnist-member0'],
  datasets: ['fashion-mnist', 'mnist', 'mnist-10k', 'cifar10', 'svhn'],
};

const GOOD: Readonly<Record<string, string>> = {
  protocol: 'fssd-paper',
  models: '[lenet-fmnist]',
  pairs: '[{ id: fashion-mnist, ood: mnist }]',
  methods: '[baseline]',
};

/** A sound grid with one line written anew, or added. */
function grid(line = ''): string {
  const key = line.split(':')[0] ?? '';
  const lines = Object.entries(GOOD).map(([name, value]) => (name === key ? line : `${name}: ${value}`));
  return [...lines, ...(key in GOOD || line === '' ? [] : [line])].join('\n');
}

function faultsOf(content: string | Uint8Array, settings: readonly string[] = []): string[] {
  try {
    parseGrid(content, 'g.yaml', KNOWN, settings);
  } catch (thrown) {
    const error = OodError.from(thrown);
    expect(error.code).toBe('invalid-input');
    return error.message.split('\n');
  }
  throw new Error('the grid was accepted');
}

/** What is plausibly written, and every line of the answer. */
const WRONG_VALUES: readonly (readonly [line: string, faults: readonly string[]])[] = [
  ['protocol: openood', ['g.yaml:1:11  protocol: expected "fssd-paper", got "openood"']],
  ['protocol: fssd', ['g.yaml:1:11  protocol: expected "fssd-paper", got "fssd"']],
  ['protocol: [fssd-paper]', ['g.yaml:1:11  protocol: expected "fssd-paper", got a list of 1']],
  [
    'name: "a b"',
    ['g.yaml:5:7  name: expected a name of at most 80 letters, digits, ".", "_" and "-", got "a b"'],
  ],
  ['name: 5', ['g.yaml:5:7  name: expected a name of at most 80 letters, digits, ".", "_" and "-", got 5']],
  [
    'models: lenet-fmnist',
    [
      `g.yaml:2:9  models: expected a list, each entry a model's name or {name, architecture, weights, classes?}, got "lenet-fmnist"; write [lenet-fmnist]`,
    ],
  ],
  [
    'models: []',
    [
      `g.yaml:2:9  models: expected a list, each entry a model's name or {name, architecture, weights, classes?}, got an empty list`,
    ],
  ],
  [
    'models: [resnet18]',
    [
      'g.yaml:2:10  models[0]: unknown model "resnet18" (known: lenet-fmnist, lenet-fmnist-oe, lenet-fmnist-member0)',
    ],
  ],
  [
    'models: [{ name: m, architecture: resnet18, weights: w }]',
    ['g.yaml:2:35  models[0].architecture: expected "lenet" or "resnet34-cifar", got "resnet18"'],
  ],
  [
    'models: [{ name: m, architecture: lnet, weights: w }]',
    [
      'g.yaml:2:35  models[0].architecture: expected "lenet" or "resnet34-cifar", got "lnet" (did you mean "lenet"?)',
    ],
  ],
  [
    'models: [{ name: m, features: x.npz }]',
    [
      'g.yaml:2:10  models[0].architecture: missing; expected "lenet" or "resnet34-cifar"',
      'g.yaml:2:10  models[0].weights: missing; expected the path of a safetensors file',
      'g.yaml:2:21  models[0].features: unknown key "features" (known: name, architecture, weights, classes)',
    ],
  ],
  [
    'models: [{ name: m, architecture: lenet, weights: w, classes: "10" }]',
    [
      'g.yaml:2:63  models[0].classes: expected a whole number from 2 to 100000, got "10"; leave the quotes out',
    ],
  ],
  [
    'models: [{ name: m, architecture: lenet, weights: w, classes: 1 }]',
    ['g.yaml:2:63  models[0].classes: expected a whole number from 2 to 100000, got 1'],
  ],
  [
    'models: [[a]]',
    [
      `g.yaml:2:10  models[0]: expected a model's name or {name, architecture, weights, classes?}, got a list of 1`,
    ],
  ],
  [
    'models: [5]',
    [`g.yaml:2:10  models[0]: expected a model's name or {name, architecture, weights, classes?}, got 5`],
  ],
  [
    'models: { name: a }',
    [
      `g.yaml:2:9  models: expected a list, each entry a model's name or {name, architecture, weights, classes?}, got {name}; begin its entries with "- "`,
    ],
  ],
  [
    'models: [""]',
    [
      `g.yaml:2:10  models[0]: expected a model's name or {name, architecture, weights, classes?}, got an empty text`,
    ],
  ],
  [
    'models: [{ name: "a\\e[31m", architecture: lenet, weights: w }]',
    ['g.yaml:2:18  models[0].name: holds control characters or others that cannot be seen'],
  ],
  [
    'pairs: [{ id: fashion-mnist, ood: [mnist, svhn] }]',
    [
      `g.yaml:3:35  pairs[0].ood: expected a data set's name or {name?, dir, normalisation?, layout?, arrays?}, got a list of 2; write a pair for each of them`,
    ],
  ],
  [
    'pairs: [{ id: fashion-mnist }]',
    [
      `g.yaml:3:9  pairs[0].ood: missing; expected a data set's name or {name?, dir, normalisation?, layout?, arrays?}`,
    ],
  ],
  [
    'pairs: { id: fashion-mnist, ood: mnist }',
    ['g.yaml:3:8  pairs: expected a list, each entry {id, ood}, got {id, ood}; begin its entries with "- "'],
  ],
  ['pairs: [fashion-mnist]', ['g.yaml:3:9  pairs[0]: expected {id, ood}, got "fashion-mnist"']],
  [
    'pairs: [{ id: fashion-mnist, ood: { path: ./x } }]',
    [
      'g.yaml:3:35  pairs[0].ood.dir: missing; expected the path of a folder',
      'g.yaml:3:37  pairs[0].ood.path: unknown key "path" (known: name, dir, normalisation, layout, arrays)',
    ],
  ],
  [
    'pairs: [{ id: { dir: ./x, normalisation: { mean: 0.5, std: [0.5] } }, ood: mnist }]',
    [
      'g.yaml:3:50  pairs[0].id.normalisation.mean: expected a list, each entry a number, got 0.5; write [0.5]',
    ],
  ],
  [
    'pairs: [{ id: { dir: ./x, normalization: { mean: [0.5], std: [0.5] } }, ood: mnist }]',
    ['g.yaml:3:27  pairs[0].id.normalization: unknown key "normalization" (did you mean "normalisation"?)'],
  ],
  [
    'pairs: [{ id: { dir: ./x, normalisation: { mean: [0.5], std: [0] } }, ood: mnist }]',
    ['g.yaml:3:63  pairs[0].id.normalisation.std[0]: expected a number above 0, got 0'],
  ],
  [
    'pairs: [{ id: fashion-mnist, ood: mnist, name: x }]',
    ['g.yaml:3:42  pairs[0].name: unknown key "name" (known: id, ood)'],
  ],
  [
    'pairs: [{ id: null, ood: mnist }]',
    [
      `g.yaml:3:15  pairs[0].id: expected a data set's name or {name?, dir, normalisation?, layout?, arrays?}, got nothing`,
    ],
  ],
  [
    'pairs: [{ in: fashion-mnist, ood: mnist }]',
    [
      `g.yaml:3:9  pairs[0].id: missing; expected a data set's name or {name?, dir, normalisation?, layout?, arrays?}`,
      'g.yaml:3:11  pairs[0].in: unknown key "in" (did you mean "id"?)',
    ],
  ],
  [
    'methods: baseline',
    [
      `g.yaml:4:10  methods: expected a list, each entry a method's name or {name, ...options}, got "baseline"; write [baseline]`,
    ],
  ],
  ['methods: [odinn]', ['g.yaml:4:11  methods[0]: unknown method "odinn" (did you mean "odin"?)']],
  [
    'methods: [{ name: odinn }]',
    ['g.yaml:4:19  methods[0].name: unknown method "odinn" (did you mean "odin"?)'],
  ],
  [
    'methods: [{ nam: odin }]',
    [
      'g.yaml:4:11  methods[0].name: missing; expected "baseline", "odin", "mahalanobis", "deep-ensemble", "mc-dropout", "outlier-exposure" or "fssd"',
    ],
  ],
  [
    'methods: [deep-ensemble]',
    [
      `g.yaml:4:11  methods[0]: "deep-ensemble" needs members: write { name: deep-ensemble, members: ... } with a list of at least 2, each entry a model's name or {name, architecture, weights, classes?}`,
    ],
  ],
  [
    'methods: [outlier-exposure]',
    [
      `g.yaml:4:11  methods[0]: "outlier-exposure" needs model: write { name: outlier-exposure, model: ... } with a model's name or {name, architecture, weights, classes?}`,
    ],
  ],
  ['methods: [5]', [`g.yaml:4:11  methods[0]: expected a method's name or {name, ...options}, got 5`]],
  [
    'methods: [{ odin: { temperatures: [1] } }]',
    [
      'g.yaml:4:11  methods[0].name: missing; expected "baseline", "odin", "mahalanobis", "deep-ensemble", "mc-dropout", "outlier-exposure" or "fssd"; write { name: odin, ... }',
    ],
  ],
  [
    'methods: [{ name: odin, temperature: [1] }]',
    ['g.yaml:4:25  methods[0].temperature: unknown key "temperature" (did you mean "temperatures"?)'],
  ],
  [
    'methods: [{ name: odin, temperatures: 1000 }]',
    [
      'g.yaml:4:39  methods[0].temperatures: expected a list, each entry a number above 0, up to 1000000, got 1000; write [1000]',
    ],
  ],
  [
    'methods: [{ name: odin, temperatures: [0] }]',
    ['g.yaml:4:40  methods[0].temperatures[0]: expected a number above 0, up to 1000000, got 0'],
  ],
  [
    'methods: [{ name: odin, magnitudes: [] }]',
    [
      'g.yaml:4:37  methods[0].magnitudes: expected a list, each entry a number from 0 to 10, got an empty list',
    ],
  ],
  [
    'methods: [{ name: odin, magnitudes: [0.1, "0.2"] }]',
    [
      'g.yaml:4:43  methods[0].magnitudes[1]: expected a number from 0 to 10, got "0.2"; leave the quotes out',
    ],
  ],
  [
    'methods: [{ name: fssd, noise: papr }]',
    ['g.yaml:4:32  methods[0].noise: expected "paper", {npz} or {seed}, got "papr" (did you mean "paper"?)'],
  ],
  [
    'methods: [{ name: fssd, noise: { seed: x } }]',
    ['g.yaml:4:40  methods[0].noise.seed: expected a whole number from 0 to 4294967295, got "x"'],
  ],
  [
    'methods: [{ name: fssd, noise: { sed: 1 } }]',
    [
      'g.yaml:4:32  methods[0].noise.npz: missing; expected the path of an npz file',
      'g.yaml:4:34  methods[0].noise.sed: unknown key "sed" (did you mean "seed"?)',
    ],
  ],
  [
    'methods: [{ name: fssd, preprocessing: yes }]',
    ['g.yaml:4:40  methods[0].preprocessing: expected true or false, got "yes"'],
  ],
  [
    'methods: [{ name: deep-ensemble, members: [lenet-fmnist-member0] }]',
    [
      `g.yaml:4:43  methods[0].members: expected a list of at least 2, each entry a model's name or {name, architecture, weights, classes?}, got a list of 1`,
    ],
  ],
  [
    'methods: [{ name: deep-ensemble, members: lenet }]',
    [
      `g.yaml:4:43  methods[0].members: expected a list of at least 2, each entry a model's name or {name, architecture, weights, classes?}, got "lenet"; write [lenet]`,
    ],
  ],
  [
    'methods: [{ name: mc-dropout, passes: 0 }]',
    ['g.yaml:4:39  methods[0].passes: expected a whole number from 1 to 10000, got 0'],
  ],
  [
    'methods: [{ name: mc-dropout, passes: .inf }]',
    ['g.yaml:4:39  methods[0].passes: expected a whole number from 1 to 10000, got Infinity'],
  ],
  [
    'methods: [{ name: outlier-exposure, model: lenet-oe }]',
    [
      'g.yaml:4:44  methods[0].model: unknown model "lenet-oe" (known: lenet-fmnist, lenet-fmnist-oe, lenet-fmnist-member0)',
    ],
  ],
  [
    'methods: [{ name: baseline, as: "a b" }]',
    [
      'g.yaml:4:33  methods[0].as: expected a name of at most 60 letters, digits, ".", "_" and "-", got "a b"',
    ],
  ],
  [
    'methods: [baseline, { name: baseline }]',
    ['g.yaml:4:21  methods[1]: row "baseline" is there already; give one of them another name by "as"'],
  ],
  [
    'options: { workers: many }',
    ['g.yaml:5:21  options.workers: expected a whole number from 1 to 1024, got "many"'],
  ],
  [
    'options: { slice: 100 }',
    ['g.yaml:5:19  options.slice: expected a whole number that 512 divides, at least 512, got 100'],
  ],
  ['options: { worker: 1 }', ['g.yaml:5:12  options.worker: unknown key "worker" (did you mean "workers"?)']],
  ['options: 5', ['g.yaml:5:10  options: expected {workers?, slice?, bootstrapReplicates?}, got 5']],
  ['options: ', ['g.yaml:5:10  options: expected {workers?, slice?, bootstrapReplicates?}, got nothing']],
  [
    'outputs: { formats: [pdf] }',
    ['g.yaml:5:22  outputs.formats[0]: expected "csv", "markdown", "latex" or "html", got "pdf"'],
  ],
  [
    'outputs: { formats: csv }',
    [
      'g.yaml:5:21  outputs.formats: expected a list, each entry "csv", "markdown", "latex" or "html", got "csv"; write [csv]',
    ],
  ],
  ['outputs: runs', ['g.yaml:5:10  outputs: expected {dir?, formats?}, got "runs"']],
  ['seed: -1', ['g.yaml:5:7  seed: expected a whole number from 0 to 4294967295, got -1']],
  ['seed: 1.5', ['g.yaml:5:7  seed: expected a whole number from 0 to 4294967295, got 1.5']],
  [
    'seed: "7"',
    ['g.yaml:5:7  seed: expected a whole number from 0 to 4294967295, got "7"; leave the quotes out'],
  ],
  ['optons: {}', ['g.yaml:5:1  optons: unknown key "optons" (did you mean "options"?)']],
  ['seed: .nan', ['g.yaml:5:7  seed: expected a whole number from 0 to 4294967295, got NaN']],
];

describe('a wrong value is named with its place, what is expected there and what was found', () => {
  it.each(WRONG_VALUES)('%s', (line, faults) => {
    expect(faultsOf(grid(line))).toEqual(faults);
  });

  it('never in words of the parser', () => {
    for (const [line] of WRONG_VALUES) expect(faultsOf(grid(line)).join()).not.toMatch(/Invalid|regex|\/\^/);
  });

  it('each key that is missing', () => {
    for (const key of Object.keys(GOOD)) {
      const text = grid().replace(new RegExp(`^${key}: .*\n?`, 'm'), '');
      expect(faultsOf(text)).toEqual([expect.stringMatching(`^g\\.yaml:1:1  ${key}: missing; expected `)]);
    }
  });

  it('each entry that two rules refuse, once', () => {
    expect(faultsOf(grid('options: { slice: 100, workers: 0 }'))).toHaveLength(2);
  });
});

/** `--set` values, and every line of the answer. */
const WRONG_SETTINGS: readonly (readonly [setting: string, faults: readonly string[]])[] = [
  [
    'nonsense',
    ['--set nonsense: expected key=value, for example options.slice=512 or models.0=lenet-fmnist'],
  ],
  ['models.5=x', ['--set models.5=x: models has no entry 5: its last entry is 0, and 1 would add one']],
  [
    'models.1=resnet18',
    [
      '--set models.1=resnet18: models[1]: unknown model "resnet18" (known: lenet-fmnist, lenet-fmnist-oe, lenet-fmnist-member0)',
    ],
  ],
  ['modles.0=x', ['--set modles.0=x: modles: unknown key "modles" (did you mean "models"?)']],
  [
    'options.slice=abc',
    [
      '--set options.slice=abc: options.slice: expected a whole number that 512 divides, at least 512, got "abc"',
    ],
  ],
  ['options.slic=512', ['--set options.slic=512: options.slic: unknown key "slic" (did you mean "slice"?)']],
  ['seed=[', ['--set seed=[: the value is not good yaml: Flow sequence must end with a ]']],
  ['seed=*x', ['--set seed=*x: the value is not good yaml: there is no anchor &x above this alias']],
  [
    '__proto__.x=1',
    [
      '--set __proto__.x=1: __proto__: unknown key "__proto__" (known: name, protocol, seed, models, pairs, methods, outputs, options)',
    ],
  ],
  ['models.length=0', ['--set models.length=0: models is a list; expected a number after it, not "length"']],
  [
    'models.__proto__=1',
    ['--set models.__proto__=1: models is a list; expected a number after it, not "__proto__"'],
  ],
  [
    'methods.0.passes=4',
    ['--set methods.0.passes=4: methods[0] is "baseline", which has no "passes"; set all of it'],
  ],
  ['protocol.x=4', ['--set protocol.x=4: protocol is "fssd-paper", which has no "x"; set all of it']],
  ['=5', ['--set =5: expected key=value, for example options.slice=512 or models.0=lenet-fmnist']],
  ['a..b=5', ['--set a..b=5: expected key=value, for example options.slice=512 or models.0=lenet-fmnist']],
  [
    'name=',
    ['--set name=: name: expected a name of at most 80 letters, digits, ".", "_" and "-", got nothing'],
  ],
  [
    'pairs.0.ood=fashion-mnist',
    ['g.yaml:3:9  pairs[0]: id and ood are the same data set (after --set pairs.0.ood=fashion-mnist)'],
  ],
  [
    'constructor.prototype.x=1',
    [
      '--set constructor.prototype.x=1: constructor: unknown key "constructor" (known: name, protocol, seed, models, pairs, methods, outputs, options)',
    ],
  ],
  [
    'options={slice: 512, foo: 1}',
    [
      '--set options={slice: 512, foo: 1}: options.foo: unknown key "foo" (known: workers, slice, bootstrapReplicates)',
    ],
  ],
  [
    'methods.0={name: mc-dropout, passes: "x"}',
    [
      '--set methods.0={name: mc-dropout, passes: "x"}: methods[0].passes: expected a whole number from 1 to 10000, got "x"',
    ],
  ],
];

describe('a wrong --set is told as the flag it is', () => {
  it.each(WRONG_SETTINGS)('--set %s', (setting, faults) => {
    expect(faultsOf(grid(), [setting])).toEqual(faults);
  });

  it('but not what the file has wrong besides', () => {
    expect(faultsOf(grid('seed: x'), ['options.slice=y'])).toEqual([
      'g.yaml:5:7  seed: expected a whole number from 0 to 4294967295, got "x"',
      '--set options.slice=y: options.slice: expected a whole number that 512 divides, at least 512, got "y"',
    ]);
  });

  it('and a right one replaces, adds or appends', () => {
    const settings = [
      'options.slice=512',
      'models.1=lenet-fmnist-oe',
      'methods.0={ name: odin }',
      'outputs.dir=a=b',
    ];
    expect(parseGrid(grid(), 'g.yaml', KNOWN, settings)).toMatchObject({
      options: { slice: 512 },
      models: ['lenet-fmnist', 'lenet-fmnist-oe'],
      methods: [{ name: 'odin' }],
      outputs: { dir: 'a=b' },
    });
  });

  it('changes one of two places that share an anchor', () => {
    const shared = `${grid('pairs: [{ id: &a { dir: x, normalisation: { mean: [0], std: [1] } }, ood: mnist }, { id: *a, ood: svhn }]')}`;
    const { pairs } = parseGrid(shared, 'g.yaml', KNOWN, ['pairs.1.id.dir=y']);
    expect(pairs).toMatchObject([{ id: { dir: 'x' } }, { id: { dir: 'y' } }]);
  });
});

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
    '1:1  expected {name?, protocol, seed?, models, pairs, methods, outputs?, options?}, got a list of 1',
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
    '5:1  __proto__: unknown key "__proto__" (known: name, protocol, seed, models, pairs, methods, outputs, options)',
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
