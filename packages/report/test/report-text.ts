import type { Results } from '@oodgrid/contract';
import { BIBLIOGRAPHY, REPORT_FORMATS, type Report } from '../src/index.js';

const FILES = [BIBLIOGRAPHY, ...REPORT_FORMATS.flatMap(({ files }) => files)];

/** Pieces of one of a run's files. */
export function reportPieces(
  name: string,
  results: Results,
  scoresOf: Report['scoresOf'] = () => undefined,
): Iterable<string> {
  const file = FILES.find((one) => one.name === name);
  if (file === undefined) throw new Error(`no format writes ${name}`);
  return file.write({ results, scoresOf });
}

/** The whole of it. */
export const reportText = (...args: Parameters<typeof reportPieces>): string =>
  [...reportPieces(...args)].join('');
