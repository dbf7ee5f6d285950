import { OodError } from '@oodgrid/contract';
import { describeArrays, type ListedArray, type NumericArray, type ShapeCheck } from '@oodgrid/formats';

/** Names of the arrays of a user's file. */
export interface ArrayNames {
  readonly images: string;
  readonly labels?: string | undefined;
}

/** A file of named arrays, read one by one. */
export interface ArrayFile {
  readonly path: string;
  readonly keys: readonly string[];
  list(): readonly ListedArray[];
  /** Throws what `check` throws before the values are read. */
  read(key: string, check?: ShapeCheck): NumericArray;
}

/** The array's key in the file, also where it lies in a folder of the archive; undefined where it is not there. */
export function keyOf({ keys }: ArrayFile, name: string): string | undefined {
  if (keys.includes(name)) return name;
  const inFolders = keys.filter((key) => key.endsWith(`/${name}`));
  return inFolders.length === 1 ? inFolders[0] : undefined;
}

/** Refuses a file that lacks an array, with what it holds and how to say which is which. */
export function refuseMissing(file: ArrayFile, name: string): never {
  const listed = file.list();
  const images = listed.filter(({ shape }) => shape?.length === 3 || shape?.length === 4);
  const count = images[0]?.shape?.[0];
  const labels = listed.filter(({ shape }) => shape?.length === 1 && shape[0] === count);
  const example = `arrays: {images: ${only(images) ?? '<name>'}, labels: ${only(labels) ?? '<name>'}}`;
  throw new OodError(
    'invalid-input',
    `${file.path}: no array ${JSON.stringify(name)}; it holds ${describeArrays(listed)}. Say beside dir which is which, as in ${example}`,
  );
}

const only = (arrays: readonly ListedArray[]): string | undefined =>
  arrays.length === 1 ? arrays[0]?.key : undefined;
