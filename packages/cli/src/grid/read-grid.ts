import { readFile } from 'node:fs/promises';
import { listDatasets, listModels } from '@oodgrid/engine';
import { type Grid, OodError, parseGrid } from '@oodgrid/protocol';

/** Reads and checks a grid file; errors name file, line and column. */
export async function readGrid(file: string, overrides: readonly string[]): Promise<Grid> {
  const known = {
    models: listModels().map(({ name }) => name),
    datasets: listDatasets().map(({ name }) => name),
  };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const { code, message } = OodError.from(cause);
    throw new OodError(
      code === 'internal' ? 'invalid-input' : code,
      `${file}: the grid could not be read: ${message}`,
      { cause },
    );
  }
  return parseGrid(text, file, known, overrides);
}
