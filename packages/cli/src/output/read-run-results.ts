import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OodError, type Results, readResults } from '@oodgrid/contract';
import { z } from 'zod';

/** Results of a run's folder, or of a results.json that lies elsewhere. Throws `not-found` and `corrupt-data` with the path. */
export async function readRunResults(path: string): Promise<Results> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    const text = await readFile(isFolder ? join(path, 'results.json') : path, 'utf8');
    return readResults(JSON.parse(text));
  } catch (thrown) {
    throw faultOf(path, thrown);
  }
}

function faultOf(path: string, thrown: unknown): OodError {
  if (thrown instanceof z.ZodError) {
    const issue = thrown.issues[0];
    const place = issue === undefined ? '' : `${issue.path.map(String).join('.')}: ${issue.message}`;
    return new OodError('corrupt-data', `${path}: no results of a run: ${place}`, { cause: thrown });
  }
  if (thrown instanceof SyntaxError)
    return new OodError('corrupt-data', `${path}: results.json is no JSON: ${thrown.message}`, {
      cause: thrown,
    });
  const { code, message } = OodError.from(thrown);
  const advice = code === 'not-found' ? '; give the folder of a run that is done, or its results.json' : '';
  return new OodError(code, `${path}: ${message}${advice}`, { cause: thrown });
}
