import {
  type Digest,
  OodError,
  type ResolvedDataset,
  type ResolvedRow,
  type ResultWarning,
  sha256,
} from '@oodgrid/contract';
import { writeSafetensors } from '@oodgrid/formats';
import { type Grid, scoresFileOf } from '@oodgrid/grid';
import type { Method } from '@oodgrid/methods';
import type { BlobStore } from '@oodgrid/transport';
import type { ReferredDatasets } from './data-set-references.js';
import { ScoresFile, type WantedScores } from './scores-file.js';

export interface ScoresContext {
  readonly methods: readonly Method[];
  readonly models: readonly string[];
  readonly pairs: ReferredDatasets['pairs'];
  readonly datasets: readonly ResolvedDataset[];
  readonly baseDir: string;
  readonly blobs: BlobStore;
}

/** A set of a pair with a model, and the array that has its scores. */
interface Wanted extends WantedScores {
  readonly model: string;
  readonly id: string;
  readonly set: string;
}

export interface RowWithScores {
  readonly row: ResolvedRow;
  readonly warnings: readonly ResultWarning[];
}

/**
 * The rows whose scores were computed elsewhere with their scores, which become blobs, and what results are to say of them; other rows as
 * they are. Throws `invalid-input` with the place in the grid for a file that lacks what the grid asks for.
 */
export async function withGivenScores(
  grid: Grid,
  rows: readonly ResolvedRow[],
  context: ScoresContext,
): Promise<readonly RowWithScores[]> {
  const out: RowWithScores[] = [];
  for (const [i, row] of rows.entries()) {
    const entry = grid.methods[i];
    const path = entry === undefined ? undefined : scoresFileOf(entry, context.methods);
    if (path === undefined) out.push({ row, warnings: [] });
    else out.push(await scoresRow(row, path, `methods[${i}] ${entry?.name}`, context));
  }
  return out;
}

async function scoresRow(
  row: ResolvedRow,
  path: string,
  place: string,
  context: ScoresContext,
): Promise<RowWithScores> {
  const file = await ScoresFile.open(path, context.baseDir, place);
  const wanted = wantedScores(context);
  const read = file.read(wanted);
  const scores: Record<string, Record<string, Record<string, Digest>>> = {};
  const digests: Digest[] = [];
  for (const [i, { scores: values }] of read.entries()) {
    const { model = '', id = '', set = '' } = wanted[i] ?? {};
    const blob = await context.blobs.put(
      writeSafetensors(new Map([['scores', { dtype: 'F32', shape: [values.length], data: values }]])),
    );
    digests.push(blob);
    scores[model] ??= {};
    const ofModel = scores[model];
    ofModel[id] ??= {};
    ofModel[id][set] = blob;
  }
  const merged = read.reduce((sum, one) => sum + one.merged, 0);
  return { row: { ...row, scores }, warnings: [givenWarning(row, digests, merged)] };
}

/**
 * Scores of a pair's OOD set belong to the pair, whose ID set normalises the images and is fitted on; they may go without its name where
 * there is one ID set that they can belong to.
 */
function wantedScores({ models, pairs, datasets }: ScoresContext): readonly Wanted[] {
  const countOf = (name: string): number => {
    const found = datasets.find((dataset) => dataset.name === name);
    if (found === undefined) throw new OodError('internal', `data set "${name}" was not resolved`);
    return found.test.count;
  };
  const ids = [...new Set(pairs.map(({ id }) => id))];
  return models.flatMap((model) => [
    ...ids.map((id) => ({
      ...{ model, id, set: id, names: [`${model}/${id}`] },
      what: `the test set of "${id}"`,
      count: countOf(id),
    })),
    ...pairs.map(({ id, ood }) => {
      const isAlone = !ids.includes(ood) && pairs.filter((pair) => pair.ood === ood).length === 1;
      const names = isAlone ? [`${model}/${ood}`, `${model}/${id}/${ood}`] : [`${model}/${id}/${ood}`];
      return {
        ...{ model, id, set: ood, names },
        what: `the test set of "${ood}" beside "${id}"`,
        count: countOf(ood),
      };
    }),
  ]);
}

/** That nobody here chose a setting, which results say of every other row, and which scores they were. */
function givenWarning(
  { row, title }: ResolvedRow,
  digests: readonly Digest[],
  merged: number,
): ResultWarning {
  const content = sha256(digests.join(' ')).slice(0, 16);
  const rounded =
    merged === 0 ? '' : `; ${merged} distinct scores fell together when they were rounded to float32`;
  return {
    code: 'scores-given',
    severity: 'notice',
    message: `${title} was computed elsewhere (content ${content}): its settings are not known here, none was chosen by the protocol${rounded}`,
    place: { method: row },
    ...(merged === 0 ? {} : { count: merged }),
  };
}
