import { describe, expect, it } from 'vitest';
import { faultsOf, GOOD, grid } from './faulty-grid.js';

const ARCHITECTURES =
  '"lenet", "resnet18-cifar", "resnet20-cifar", "resnet32-cifar", "resnet34-cifar", "resnet44-cifar", "resnet56-cifar" or "densenet-bc-100-12"';

/** What is plausibly written outside of methods, and every line of the answer. */
const WRONG_VALUES: readonly (readonly [line: string, faults: readonly string[]])[] = [
  [
    'protocol: openood',
    [
      "g.yaml:1:1  chooseOn: missing; protocol openood needs to know what data choose the settings of methods: a data set of other OOD samples than the test's, id (ID samples alone), or none (each method has its own)",
    ],
  ],
  [
    'protocol: oodbench',
    [
      'g.yaml:1:11  protocol: expected "fssd-paper", "openood" or "raw", got "oodbench"; --protocol FILE takes in one of your own',
    ],
  ],
  [
    'protocol: fssd',
    [
      'g.yaml:1:11  protocol: expected "fssd-paper", "openood" or "raw", got "fssd" (did you mean "fssd-paper"?)',
    ],
  ],
  [
    'protocol: mine',
    [
      'g.yaml:1:11  protocol: expected "fssd-paper", "openood" or "raw", got "mine"; --protocol FILE takes in one of your own',
    ],
  ],
  [
    'protocol: [fssd-paper]',
    ['g.yaml:1:11  protocol: expected "fssd-paper", "openood" or "raw", got a list of 1'],
  ],
  [
    'name: "a b"',
    ['g.yaml:5:7  name: expected a name of at most 80 letters, digits, ".", "_" and "-", got "a b"'],
  ],
  ['name: 5', ['g.yaml:5:7  name: expected a name of at most 80 letters, digits, ".", "_" and "-", got 5']],
  [
    'models: lenet-fmnist',
    [
      `g.yaml:2:9  models: expected a list, each entry a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}, got "lenet-fmnist"; write [lenet-fmnist]`,
    ],
  ],
  [
    'models: []',
    [
      `g.yaml:2:9  models: expected a list, each entry a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}, got an empty list`,
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
    [
      `g.yaml:2:35  models[0].architecture: expected ${ARCHITECTURES}, got "resnet18" (did you mean "resnet18-cifar"?)`,
    ],
  ],
  [
    'models: [{ name: m, architecture: lnet, weights: w }]',
    [`g.yaml:2:35  models[0].architecture: expected ${ARCHITECTURES}, got "lnet" (did you mean "lenet"?)`],
  ],
  [
    'models: [{ name: m, features: x.npz }]',
    [
      `g.yaml:2:10  models[0].architecture: missing; expected ${ARCHITECTURES}`,
      'g.yaml:2:10  models[0].weights: missing; expected the path of a safetensors file or PyTorch checkpoint',
      'g.yaml:2:21  models[0].features: unknown key "features" (known: name, source, architecture, weights, classes)',
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
      `g.yaml:2:10  models[0]: expected a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}, got a list of 1`,
    ],
  ],
  [
    'models: [5]',
    [
      `g.yaml:2:10  models[0]: expected a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}, got 5`,
    ],
  ],
  [
    'models: { name: a }',
    [
      `g.yaml:2:9  models: expected a list, each entry a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}, got {name}; begin its entries with "- "`,
    ],
  ],
  [
    'models: [""]',
    [
      `g.yaml:2:10  models[0]: expected a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}, got an empty text`,
    ],
  ],
  [
    'models: [{ name: "a\\e[31m", architecture: lenet, weights: w }]',
    ['g.yaml:2:18  models[0].name: holds control characters or others that cannot be seen'],
  ],
  [
    'pairs: [{ id: fashion-mnist, ood: [mnist, svhn] }]',
    [
      `g.yaml:3:35  pairs[0].ood: expected a data set's name, {name?, dir, normalisation?, layout?, arrays?}, {synthetic: KIND} or {name, images: none}, got a list of 2; write a pair for each of them`,
    ],
  ],
  [
    'pairs: [{ id: fashion-mnist }]',
    [
      `g.yaml:3:9  pairs[0].ood: missing; expected a data set's name, {name?, dir, normalisation?, layout?, arrays?}, {synthetic: KIND} or {name, images: none}`,
    ],
  ],
  [
    'pairs: { id: fashion-mnist, ood: mnist }',
    [
      'g.yaml:3:8  pairs: expected a list, each entry {id, ood, group?}, got {id, ood}; begin its entries with "- "',
    ],
  ],
  ['pairs: [fashion-mnist]', ['g.yaml:3:9  pairs[0]: expected {id, ood, group?}, got "fashion-mnist"']],
  [
    'pairs: [{ id: fashion-mnist, ood: { path: ./x } }]',
    [
      'g.yaml:3:35  pairs[0].ood.dir: missing; expected the path of a folder',
      'g.yaml:3:37  pairs[0].ood.path: unknown key "path" (known: name, dir, normalisation, layout, arrays, synthetic, of, seed, count)',
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
    ['g.yaml:3:42  pairs[0].name: unknown key "name" (known: id, ood, group)'],
  ],
  [
    'pairs: [{ id: null, ood: mnist }]',
    [
      `g.yaml:3:15  pairs[0].id: expected a data set's name, {name?, dir, normalisation?, layout?, arrays?}, {synthetic: KIND} or {name, images: none}, got nothing`,
    ],
  ],
  [
    'pairs: [{ in: fashion-mnist, ood: mnist }]',
    [
      `g.yaml:3:9  pairs[0].id: missing; expected a data set's name, {name?, dir, normalisation?, layout?, arrays?}, {synthetic: KIND} or {name, images: none}`,
      'g.yaml:3:11  pairs[0].in: unknown key "in" (did you mean "id"?)',
    ],
  ],
  [
    'options: { workers: many }',
    ['g.yaml:5:21  options.workers: expected a whole number from 1 to 1024, got "many"'],
  ],
  [
    'options: { slice: 100 }',
    [
      'g.yaml:5:19  options.slice: expected a multiple of 512, the batch of protocol fssd-paper, got 100; write 512',
    ],
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
    expect(faultsOf(grid('options: { bootstrapReplicates: 0.5, workers: 0 }'))).toHaveLength(2);
  });
});
