import { METHODS } from '@oodgrid/methods';
import { describe, expect, it } from 'vitest';
import { faultsOf, grid } from './faulty-grid.js';

const NAMES = METHODS.map(({ name }) => `"${name}"`);
const ANY_METHOD = `${NAMES.slice(0, -1).join(', ')} or ${NAMES.at(-1)}`;

/** What is plausibly written under methods, and every line of the answer. */
const WRONG_METHODS: readonly (readonly [line: string, faults: readonly string[]])[] = [
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
  ['methods: [{ nam: odin }]', [`g.yaml:4:11  methods[0].name: missing; expected ${ANY_METHOD}`]],
  [
    'methods: [deep-ensemble]',
    [
      `g.yaml:4:11  methods[0]: "deep-ensemble" needs members: write { name: deep-ensemble, members: ... } with a list of at least 2, each entry a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}`,
    ],
  ],
  [
    'methods: [outlier-exposure]',
    [
      `g.yaml:4:11  methods[0]: "outlier-exposure" needs model: write { name: outlier-exposure, model: ... } with a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}`,
    ],
  ],
  ['methods: [5]', [`g.yaml:4:11  methods[0]: expected a method's name or {name, ...options}, got 5`]],
  [
    'methods: [{ odin: { temperatures: [1] } }]',
    [`g.yaml:4:11  methods[0].name: missing; expected ${ANY_METHOD}; write { name: odin, ... }`],
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
      `g.yaml:4:43  methods[0].members: expected a list of at least 2, each entry a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}, got a list of 1`,
    ],
  ],
  [
    'methods: [{ name: deep-ensemble, members: lenet }]',
    [
      `g.yaml:4:43  methods[0].members: expected a list of at least 2, each entry a model's name, {name, source?, architecture, weights, classes?} or {name, source, head?, splits}, got "lenet"; write [lenet]`,
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
];

describe('a wrong method or option is named with its place, what is expected there and what was found', () => {
  it.each(WRONG_METHODS)('%s', (line, faults) => {
    const said = faultsOf(grid(line));
    expect(said).toEqual(faults);
    // Never in words of the parser.
    expect(said.join()).not.toMatch(/Invalid|regex|\/\^/);
  });
});
