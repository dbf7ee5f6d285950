import { Flags } from '@oclif/core';
import { OodError, quote, suggestion } from '@oodgrid/contract';
import { FAMILIES } from '@oodgrid/protocols';
import type { ModelFolders } from './model-folders.js';

/** Flags of commands that make a grid of exported features. */
export const evaluationFlags = {
  protocol: Flags.string({
    description: 'how detectors are evaluated',
    options: ['raw', 'openood'],
    default: 'raw',
  }),
  group: Flags.string({
    description:
      'a group of OOD sets with a mean of its own: near=cifar100,tin (default with openood: near and far, of files called ood_near_NAME and ood_far_NAME)',
    multiple: true,
    default: [],
  }),
  'choose-on': Flags.string({
    description:
      'with openood: what data choose settings: the name of an OOD set, which is then not tested, id or none (default: none)',
  }),
  measure: Flags.string({
    description: 'numbers beside detection, which need labels of id_test',
    options: FAMILIES.map(({ name }) => name),
    multiple: true,
    default: [],
  }),
  seeds: Flags.boolean({
    description:
      'the sub-folders are one model, trained with several seeds: adds means and standard deviations',
    default: false,
  }),
};

/** How exported features are evaluated. */
export interface Evaluation {
  readonly protocol: string;
  /** What data choose settings; undefined where the protocol leaves no choice. */
  readonly chooseOn: string | undefined;
  /** Groups of OOD sets by the sets' names. */
  readonly groups: ReadonlyMap<string, string>;
  readonly isOfSeeds: boolean;
  /** Families of metrics beside the protocol's own. */
  readonly measure: readonly string[];
}

/** Throws `invalid-input` for flags that do not fit each other or the OOD sets that are there. */
export function evaluationOf(
  flags: {
    readonly protocol: string;
    readonly group: readonly string[];
    readonly 'choose-on'?: string | undefined;
    readonly seeds: boolean;
    readonly measure: readonly string[];
  },
  models: ModelFolders['models'],
): Evaluation {
  const { protocol, seeds } = flags;
  const sets = [...new Set([...models.values()].flatMap(({ ood }) => [...ood.keys()]))];
  const chosen = flags['choose-on'];
  if (protocol !== 'openood' && chosen !== undefined)
    throw new OodError(
      'invalid-input',
      `--choose-on: protocol ${protocol} chooses nothing; add --protocol openood`,
    );
  if (chosen !== undefined && chosen !== 'id' && chosen !== 'none' && !sets.includes(chosen))
    throw new OodError('invalid-input', `--choose-on: ${noSet(chosen, sets)}`);
  if (chosen !== undefined && sets.includes(chosen) && sets.length === 1)
    throw new OodError(
      'invalid-input',
      `--choose-on: ${quote(chosen)} is the only OOD set: none is left to test`,
    );
  if (seeds && models.size === 1)
    throw new OodError(
      'invalid-input',
      '--seeds: there is one model; give each seed a sub-folder of its own',
    );
  const tested = sets.filter((set) => set !== chosen);
  return {
    protocol,
    chooseOn: protocol === 'openood' ? (chosen ?? 'none') : undefined,
    groups: flags.group.length === 0 && protocol === 'openood' ? named(tested) : given(flags.group, tested),
    isOfSeeds: seeds,
    measure: flags.measure,
  };
}

const noSet = (name: string, sets: readonly string[]): string =>
  `there is no OOD set ${quote(name)}${suggestion(name, sets)}`;

/** Sets of files that are called `ood_near_NAME` and `ood_far_NAME`. */
const named = (sets: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    sets.flatMap((set) => {
      const [, group] = /^(near|far)_/.exec(set) ?? [];
      return group === undefined ? [] : [[set, group] as const];
    }),
  );

function given(flags: readonly string[], sets: readonly string[]): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const flag of flags) {
    const [, group, list] = /^([\w.-]{1,40})=(.+)$/.exec(flag) ?? [];
    if (group === undefined || list === undefined)
      throw new OodError(
        'invalid-input',
        `--group ${quote(flag)}: expected NAME=SET,SET, such as near=cifar100,tin`,
      );
    for (const set of list.split(',')) {
      const other = groups.get(set);
      if (!sets.includes(set))
        throw new OodError('invalid-input', `--group ${quote(flag)}: ${noSet(set, sets)} that is tested`);
      if (other !== undefined)
        throw new OodError(
          'invalid-input',
          `--group ${quote(flag)}: ${quote(set)} is in ${quote(other)} already`,
        );
      groups.set(set, group);
    }
  }
  return groups;
}
