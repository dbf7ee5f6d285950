import { realpath } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { canonicalJson, OodError } from '@oodgrid/contract';
import {
  type DatasetReference,
  type FolderReference,
  type Grid,
  isFolder,
  isSynthetic,
  validationSet,
} from '@oodgrid/grid';

/** A data set of a grid, however often and however the grid writes it. */
export interface ReferredDataset {
  readonly name: string;
  /** Of a folder, the real one, with the normalisation that one of the references gives. */
  readonly reference: DatasetReference;
  /** Whether it is the ID side of a pair. */
  readonly isId: boolean;
}

export interface ReferredDatasets {
  readonly datasets: readonly ReferredDataset[];
  /** Names, in the grid's order. */
  readonly pairs: readonly { readonly id: string; readonly ood: string; readonly group?: string }[];
  /** The OOD set that settings are chosen on. */
  readonly validation?: string;
  /** Covariate-shifted sets, whose test samples are ID ones. */
  readonly shifted: readonly string[];
}

/**
 * The data sets of a grid by what they are: one folder is one data set, written `x` or `./x`, on one side or on both. Throws
 * `invalid-input` for two that share a name, and for a pair that is there twice or compares a data set with itself.
 */
export async function referredDatasets(
  grid: Pick<Grid, 'pairs' | 'chooseOn' | 'fullSpectrum'>,
  baseDir: string,
): Promise<ReferredDatasets> {
  const byName = new Map<string, ReferredDataset & { readonly place: string }>();
  const named: { id: string; ood: string; group?: string }[] = [];
  const add = async (written: DatasetReference, place: string, isIdSide: boolean): Promise<string> => {
    const reference = await located(written, baseDir);
    const name = typeof reference === 'string' ? reference : (reference.name ?? nameOf(written, baseDir));
    const known = byName.get(name);
    const merged = known === undefined ? reference : mergeOrThrow(name, known, { reference, place });
    const isId = isIdSide || known?.isId === true;
    byName.set(name, { name, reference: merged, isId, place: known?.place ?? place });
    return name;
  };
  for (const [i, pair] of grid.pairs.entries()) {
    const names = { id: '', ood: '' };
    for (const side of ['id', 'ood'] as const)
      names[side] = await add(pair[side], `pairs[${i}].${side}`, side === 'id');
    refuseTwins(names, named, i);
    named.push({ ...names, ...(pair.group === undefined ? {} : { group: pair.group }) });
  }
  const written = validationSet(grid);
  const validation = written === undefined ? undefined : await add(written, 'chooseOn', false);
  if (validation !== undefined && named.some(({ id }) => id === validation))
    throw new OodError(
      'invalid-input',
      `chooseOn: ${JSON.stringify(validation)} is the ID set of a pair: give OOD samples, or chooseOn: id`,
    );
  const shifted: string[] = [];
  for (const [i, set] of (grid.fullSpectrum ?? []).entries()) {
    const name = await add(set, `fullSpectrum[${i}]`, false);
    if (
      shifted.includes(name) ||
      name === validation ||
      named.some(({ id, ood }) => id === name || ood === name)
    )
      throw new OodError(
        'invalid-input',
        `fullSpectrum[${i}]: ${JSON.stringify(name)} is used in this grid already: its samples cannot be shifted ID samples and others at once`,
      );
    shifted.push(name);
  }
  return {
    shifted,
    datasets: [...byName.values()].map(({ place: _place, ...dataset }) => dataset),
    pairs: named,
    ...(validation === undefined ? {} : { validation }),
  };
}

async function located(reference: DatasetReference, baseDir: string): Promise<DatasetReference> {
  if (isFolder(reference)) return realFolder(reference, baseDir);
  if (!isSynthetic(reference) || typeof reference.of !== 'object') return reference;
  return { ...reference, of: await realFolder(reference.of, baseDir) };
}

async function realFolder(reference: FolderReference, baseDir: string): Promise<FolderReference> {
  const dir = resolve(baseDir, reference.dir);
  // A folder that is not there is refused where it is read, with what it should hold.
  return { ...reference, dir: await realpath(dir).catch(() => dir) };
}

/** The name of a set that has no `name`: a folder's own, or that of the kind of synthetic images. */
function nameOf(reference: DatasetReference, baseDir: string): string {
  if (typeof reference === 'string') return reference;
  if (isFolder(reference)) return basename(resolve(baseDir, reference.dir));
  if (!isSynthetic(reference)) return reference.name;
  const { synthetic, of } = reference;
  return of === undefined
    ? synthetic
    : `${synthetic}-${(typeof of === 'string' ? of : of.name) ?? nameOf(of, baseDir)}`;
}

interface Placed {
  readonly reference: DatasetReference;
  readonly place: string;
}

function mergeOrThrow(name: string, first: Placed, second: Placed): DatasetReference {
  const a = parts(first.reference);
  const b = parts(second.reference);
  const where = `${first.place} and ${second.place}`;
  if (canonicalJson(a.content) !== canonicalJson(b.content)) {
    throw new OodError(
      'invalid-input',
      `${where}: two different data sets are called ${JSON.stringify(name)}; give one of them another by name: ...`,
    );
  }
  if (a.normalisation === undefined) return second.reference;
  if (b.normalisation !== undefined && canonicalJson(a.normalisation) !== canonicalJson(b.normalisation)) {
    throw new OodError(
      'invalid-input',
      `${where}: data set ${JSON.stringify(name)} has two normalisations; if both are meant, give one of the two another name: {name: ..., dir: ...}`,
    );
  }
  return first.reference;
}

/** Splits a reference into what identifies the data set, beside its name, and what only its use as ID set needs. */
function parts(reference: DatasetReference) {
  if (!isFolder(reference)) return { content: reference, normalisation: undefined };
  const { name: _name, normalisation, ...content } = reference;
  return { content, normalisation };
}

function refuseTwins(
  { id, ood }: { readonly id: string; readonly ood: string },
  before: readonly { readonly id: string; readonly ood: string }[],
  index: number,
): void {
  if (id === ood)
    throw new OodError(
      'invalid-input',
      `pairs[${index}]: id and ood are the same data set, ${JSON.stringify(id)}`,
    );
  const first = before.findIndex((pair) => pair.id === id && pair.ood === ood);
  if (first < 0) return;
  throw new OodError('invalid-input', `pairs[${index}]: this pair is there already: pairs[${first}]`);
}
