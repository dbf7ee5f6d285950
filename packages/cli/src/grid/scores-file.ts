import { resolve } from 'node:path';
import { OodError, suggestion, visible } from '@oodgrid/contract';
import { type ArrayFile, npzFile, safetensorsFile } from '@oodgrid/datasets';
import { describeArrays, type NumericArray, readRegularFile } from '@oodgrid/formats';

/** Scores of a set as float32, and how many samples got another one's score by that. */
export interface ReadScores {
  readonly scores: Float32Array;
  readonly merged: number;
}

/** A set whose scores a row must bring: the names under which they may lie, the first is the exact one. */
export interface WantedScores {
  readonly names: readonly string[];
  /** For messages: `the test set of "digits" beside "clothes"`. */
  readonly what: string;
  readonly count: number;
}

const MAX_LISTED = 10;

/** A user's file of scores that were computed elsewhere: an array for each model and set. */
export class ScoresFile {
  readonly #file: ArrayFile;
  readonly #where: string;

  private constructor(file: ArrayFile, where: string) {
    this.#file = file;
    this.#where = where;
  }

  /** `place` is that of the grid's entry. Throws `not-found` where there is no such file, `corrupt-data` for one that is damaged. */
  static async open(path: string, baseDir: string, place: string): Promise<ScoresFile> {
    const file = resolve(baseDir, path);
    const where = `${place} (${visible(path)})`;
    const bytes = await readRegularFile(file);
    if (bytes === undefined)
      throw new OodError('not-found', `${where}: there is no such file: ${visible(file)}`);
    const open = path.endsWith('.safetensors') ? safetensorsFile : npzFile;
    return new ScoresFile(open(bytes, visible(file)), where);
  }

  /** Scores of each set that is wanted. Throws `invalid-input`, naming all that are missing, or the first array that does not fit. */
  read(wanted: readonly WantedScores[]): readonly ReadScores[] {
    const found = wanted.map((one) => ({
      ...one,
      key: one.names.find((name) => this.#file.keys.includes(name)),
    }));
    const missing = found.filter(({ key }) => key === undefined);
    if (missing.length > 0) this.#refuseMissing(missing, wanted);
    return found.map(({ key = '', what, count }) => this.#readOne(key, what, count));
  }

  #refuseMissing(missing: readonly WantedScores[], wanted: readonly WantedScores[]): never {
    // A name that is there for another set is no misspelling of this one's.
    const others = this.#file.keys.filter((key) => !wanted.some(({ names }) => names.includes(key)));
    const listed = missing.slice(0, MAX_LISTED).map(({ names: [name = ''], what, count }) => {
      const quoted = JSON.stringify(name);
      return `${quoted} (${count} scores of ${what})${suggestion(name, others)}`;
    });
    const more = missing.length > MAX_LISTED ? ` and ${missing.length - MAX_LISTED} more` : '';
    throw new OodError(
      'invalid-input',
      `${this.#where}: no array ${listed.join(', ')}${more}; the file holds ${describeArrays(this.#file.list())}. Add what is missing, or take the row, the model or the pair out`,
    );
  }

  #readOne(key: string, what: string, count: number): ReadScores {
    const refuse = (fault: string): never => {
      throw new OodError('invalid-input', `${this.#where}: ${JSON.stringify(key)}: ${fault}`);
    };
    const { data, dtype } = this.#file.read(key, ({ dtype: type, shape }) => {
      if (type === 'bool') refuse('bool are decisions; save scores, as float32');
      const [n, columns = 1] = shape;
      if (shape.length < 1 || shape.length > 2 || columns !== 1)
        refuse(
          `[${shape.join(', ')}] must be [${count}]: one score a sample, higher for in-distribution ones`,
        );
      if (n !== count)
        refuse(
          `${n} scores, but ${what} has ${count} samples; save one a sample of the whole set, in the order of its file`,
        );
    });
    return asFloat32(data, dtype, refuse);
  }
}

function asFloat32(
  data: NumericArray['data'],
  dtype: NumericArray['dtype'],
  refuse: (fault: string) => never,
): ReadScores {
  const scores = Float32Array.from(data, Number);
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad >= 0) {
    const value = String(data[bad]);
    const isTooLarge = Number.isFinite(Number(data[bad]));
    refuse(
      `sample ${bad} has the score ${value}${isTooLarge ? ', which float32 does not hold; scale all scores down' : ''}`,
    );
  }
  const isExact = dtype === 'float32' || scores.every((score, i) => score === Number(data[i]));
  return { scores, merged: isExact ? 0 : distinct(data) - distinct(scores) };
}

const distinct = (values: NumericArray['data']): number => new Set<number | bigint>(values).size;
