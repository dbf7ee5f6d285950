import { describe, expect, it } from 'vitest';
import { parseGrid } from '../src/parse.js';
import { faultsOf, grid, KNOWN } from './faulty-grid.js';

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
    ['--set options.slice=abc: options.slice: expected a whole number from 1 to 16777216, got "abc"'],
  ],
  ['options.slic=512', ['--set options.slic=512: options.slic: unknown key "slic" (did you mean "slice"?)']],
  ['seed=[', ['--set seed=[: the value is not good yaml: Flow sequence must end with a ]']],
  ['seed=*x', ['--set seed=*x: the value is not good yaml: there is no anchor &x above this alias']],
  [
    '__proto__.x=1',
    [
      '--set __proto__.x=1: __proto__: unknown key "__proto__" (known: name, protocol, seed, models, pairs, chooseOn, fullSpectrum, ensembles, measure, trainingSeeds, methods, outputs, options)',
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
      '--set constructor.prototype.x=1: constructor: unknown key "constructor" (known: name, protocol, seed, models, pairs, chooseOn, fullSpectrum, ensembles, measure, trainingSeeds, methods, outputs, options)',
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
      '--set options.slice=y: options.slice: expected a whole number from 1 to 16777216, got "y"',
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
