import { posix } from 'node:path';
import { canonicalJson } from '@oodgrid/contract';
import type { Method } from '@oodgrid/methods';
import type { ModelReference } from '@oodgrid/models';
import { pathText } from './finding.js';
import { modelsOf } from './models-of.js';
import { type DatasetReference, type Grid, isFolder } from './schema.js';

interface Duplicate {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * Finds entries of a grid that would make two equal rows, or count twice in an ensemble. Two paths of one folder are found as far
 * as their text tells: `x` and `./x`.
 */
export function duplicatesIn(grid: Grid, methods: readonly Method[]): readonly Duplicate[] {
  const found: Duplicate[] = [];
  for (const { index, first } of twins(grid.models, modelName)) {
    found.push({
      path: ['models', index],
      message: `model ${JSON.stringify(modelName(grid.models[index] ?? ''))} is there already: models[${first}]; take one of them out, or give it another name`,
    });
  }
  for (const { index, first } of twins(grid.pairs, pairKey)) {
    found.push({ path: ['pairs', index], message: `this pair is there already: pairs[${first}]` });
  }
  for (const [i, { id, ood }] of grid.pairs.entries()) {
    if (setKey(id) === setKey(ood))
      found.push({ path: ['pairs', i], message: 'id and ood are the same data set' });
  }
  for (const [i, method] of grid.methods.entries()) {
    const members = modelsOf(method, methods);
    for (const { index, first } of twins(members, ({ reference }) => modelName(reference))) {
      const member = members[index];
      if (member === undefined) continue;
      found.push({
        path: ['methods', i, ...member.path],
        message: `member ${JSON.stringify(modelName(member.reference))} is there already: ${pathText(members[first]?.path ?? [])}`,
      });
    }
  }
  return found;
}

function* twins<T>(list: readonly T[], keyOf: (one: T) => string) {
  const seen = new Map<string, number>();
  for (const [index, one] of list.entries()) {
    const first = seen.get(keyOf(one));
    if (first === undefined) seen.set(keyOf(one), index);
    else yield { index, first };
  }
}

const modelName = (reference: ModelReference): string =>
  typeof reference === 'string' ? reference : reference.name;

const pairKey = ({ id, ood }: Grid['pairs'][number]): string => JSON.stringify([setKey(id), setKey(ood)]);

/** The OOD side is normalised as the ID side says, so that normalisation does not make a data set another one. */
function setKey(reference: DatasetReference): string {
  if (!isFolder(reference)) return canonicalJson(reference);
  const { normalisation: _ofId, dir, ...rest } = reference;
  return canonicalJson({ ...rest, dir: posix.join(dir, '.') });
}
