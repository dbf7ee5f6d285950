import { OodError, quote, visible } from '@oodgrid/contract';
import { type Finding, isPrefix, pathText } from './finding.js';
import { YamlTree } from './yaml-tree.js';

/** One `--set key=value` that was applied to a grid. */
export interface Override {
  /** As it was typed. */
  readonly text: string;
  /** Path of the value that it set, or of the first map around it that did not exist before. */
  readonly path: readonly PropertyKey[];
}

/** Puts the value of `key=value` into the grid's data; throws `invalid-input` where that makes no sense. */
export function applyOverride(root: unknown, text: string): { root: unknown; override: Override } {
  const refuse = (reason: string) =>
    new OodError('invalid-input', `--set ${visible(text)}: ${visible(reason)}`);
  const at = text.indexOf('=');
  const parts = text.slice(0, Math.max(at, 0)).split('.');
  if (at < 1 || parts.includes(''))
    throw refuse('expected key=value, for example options.slice=512 or models.0=lenet-fmnist');
  const { value, faults } = new YamlTree(text.slice(at + 1));
  const [fault] = faults;
  if (fault !== undefined) throw refuse(`the value is not good yaml: ${fault.message}`);
  const grid = root ?? Object.create(null);
  return { root: grid, override: { text, path: putAt(grid, parts, value, refuse) } };
}

/** Gives the path of what was put there. */
function putAt(
  root: unknown,
  parts: readonly string[],
  value: unknown,
  refuse: (reason: string) => OodError,
): readonly PropertyKey[] {
  const path: PropertyKey[] = [];
  let created: readonly PropertyKey[] | undefined;
  let parent = root;
  for (const [i, part] of parts.entries()) {
    if (!isContainer(parent))
      throw refuse(`${placeText(path)} is ${shown(parent)}, which has no "${part}"; set all of it`);
    const key = Array.isArray(parent) ? indexOf(parent, part, path, refuse) : part;
    path.push(key);
    if (i === parts.length - 1) {
      Reflect.set(parent, key, value);
    } else if (!Object.hasOwn(parent, key)) {
      Reflect.set(parent, key, parts[i + 1] === '0' ? [] : Object.create(null));
      created ??= [...path];
    }
    parent = Reflect.get(parent, key);
  }
  return created ?? path;
}

function indexOf(
  list: readonly unknown[],
  part: string,
  path: readonly PropertyKey[],
  refuse: (reason: string) => OodError,
): number {
  const place = placeText(path);
  if (!/^\d{1,6}$/.test(part))
    throw refuse(`${place} is a list; expected a number after it, not ${quote(part)}`);
  if (Number(part) <= list.length) return Number(part);
  const last = list.length === 0 ? 'it is empty' : `its last entry is ${list.length - 1}`;
  throw refuse(`${place} has no entry ${part}: ${last}, and ${list.length} would add one`);
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;
const placeText = (path: readonly PropertyKey[]) => (path.length === 0 ? 'the grid' : pathText(path));
const shown = (value: unknown) => (typeof value === 'string' ? quote(value) : String(value));

/** The last override that a finding is about: of what it put there. */
export const overrideOf = ({ path }: Finding, overrides: readonly Override[]): Override | undefined =>
  overrides.findLast((one) => isPrefix(one.path, path));
