import { canonicalJson, quote, suggestion } from '@oodgrid/contract';
import { findProtocol } from '@oodgrid/protocols';
import { datasetFindings } from './dataset-findings.js';
import type { Finding } from './finding.js';
import { type DatasetReference, type Grid, isFolder, rowKey } from './schema.js';

/** The OOD set that settings are chosen on; undefined where there is none. */
export function validationSet({ chooseOn }: Pick<Grid, 'chooseOn'>): DatasetReference | undefined {
  return chooseOn === 'none' || chooseOn === 'id' ? undefined : chooseOn;
}

/** What is wrong with what a grid says of the data that choose, and of training seeds. */
export function* evaluationFindings(grid: Grid, datasets: readonly string[]): Generator<Finding> {
  const { chooseOn, protocol: name } = grid;
  const { cutForChoice, selection } = findProtocol(name);
  const path = ['chooseOn'];
  if (cutForChoice === undefined && chooseOn !== undefined) {
    const own = selection === null ? 'chooses nothing' : 'says itself what data choose';
    yield { path, isOfKey: true, message: `protocol ${name} ${own}: take chooseOn out` };
  }
  if (cutForChoice !== undefined && chooseOn === undefined)
    yield {
      path,
      message: `missing; protocol ${name} needs to know what data choose the settings of methods: a data set of other OOD samples than the test's, id (ID samples alone), or none (each method has its own)`,
    };
  const set = validationSet(grid);
  if (set !== undefined) yield* datasetFindings(set, path, [...datasets, 'none', 'id']);
  if (set !== undefined && grid.pairs.some(({ id }) => isSameSet(id, set)))
    yield { path, message: 'this is the ID set of a pair: expected OOD samples, or id' };
  yield* seedFindings(grid);
  yield* ensembleFindings(grid);
  yield* spectrumFindings(grid, datasets);
}

const isSameSet = (a: DatasetReference, b: DatasetReference): boolean => {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  if (isFolder(a) && isFolder(b)) return a.dir === b.dir && a.name === b.name;
  return canonicalJson(a) === canonicalJson(b);
};

/** Shifted sets are of one ID set's classes, so that a grid with them has one. */
function* spectrumFindings(
  { pairs, fullSpectrum = [] }: Grid,
  datasets: readonly string[],
): Generator<Finding> {
  for (const [i, set] of fullSpectrum.entries()) {
    const path = ['fullSpectrum', i];
    yield* datasetFindings(set, path, datasets);
    if (pairs.some(({ id, ood }) => isSameSet(id, set) || isSameSet(ood, set)))
      yield {
        path,
        message: 'this set is in a pair: expected samples of the ID classes under a shift, which no pair has',
      };
  }
  const [first] = pairs;
  if (first === undefined || fullSpectrum.length === 0) return;
  const other = pairs.findIndex(({ id }) => !isSameSet(id, first.id));
  if (other >= 0)
    yield {
      path: ['pairs', other, 'id'],
      message:
        'fullSpectrum holds for one ID set, and this is another one than that of pairs[0]: make it a grid of its own',
    };
}

/** Members are rows of methods: an ensemble of ensembles would only be one with other weights. */
function* ensembleFindings({ methods, ensembles = {} }: Grid): Generator<Finding> {
  const rows = methods.map(rowKey);
  for (const [name, members] of Object.entries(ensembles)) {
    if (rows.includes(name))
      yield {
        path: ['ensembles', name],
        isOfKey: true,
        message: `row ${quote(name)} is there already: give it another name`,
      };
    for (const [i, member] of members.entries()) {
      const path = ['ensembles', name, i];
      if (!rows.includes(member))
        yield { path, message: `no row of this grid is called ${quote(member)}${suggestion(member, rows)}` };
      else if (members.indexOf(member) < i) yield { path, message: `row ${quote(member)} is in it already` };
    }
  }
}

function* seedFindings({ models, trainingSeeds = {} }: Grid): Generator<Finding> {
  const names = models.map((model) => (typeof model === 'string' ? model : model.name));
  const seen = new Map<string, string>();
  for (const [family, members] of Object.entries(trainingSeeds)) {
    for (const [i, member] of members.entries()) {
      const path = ['trainingSeeds', family, i];
      const other = seen.get(member);
      if (!names.includes(member))
        yield {
          path,
          message: `no model of this grid is called ${quote(member)}${suggestion(member, names)}`,
        };
      else if (other !== undefined)
        yield { path, message: `model ${quote(member)} is there already, in ${quote(other)}` };
      seen.set(member, family);
    }
    if (names.includes(family) && !members.includes(family))
      yield {
        path: ['trainingSeeds', family],
        isOfKey: true,
        message: `a model is called ${quote(family)} that is not among these: give them another name`,
      };
  }
}
