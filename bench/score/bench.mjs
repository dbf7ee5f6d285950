import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runWatched } from '../paper-grid/our-grid.mjs';
import { makeFeatures } from './make-features.mjs';

// From a folder of exported features to the report of every method that they allow, by the command as people give it, with an empty cache.
const number = (fallback) => ({ type: 'string', default: String(fallback) });
const { values } = parseArgs({
  options: {
    samples: number(10_000),
    train: number(10_000),
    units: number(512),
    classes: number(10),
    sets: number(6),
    json: { type: 'boolean', default: false },
  },
});
const { json, ...sizes } = values;
const size = Object.fromEntries(Object.entries(sizes).map(([key, value]) => [key, Number(value)]));
const folder = mkdtempSync(join(tmpdir(), 'oodgrid-score-bench-'));
try {
  makeFeatures(folder, size);
  const { seconds, peak, results } = await runWatched(['score', folder]);
  const methods = new Set(results.cells.map(({ method }) => method)).size;
  const gigabytes = (bytes) => Number((bytes / 1e9).toFixed(2));
  const report = {
    ...size,
    methods,
    cells: results.cells.length,
    seconds: Number(seconds.toFixed(1)),
    peakGb: gigabytes(peak.residentBytes),
    peakSharedOnceGb: gigabytes(peak.proportionalBytes),
    digest: results.digest,
  };
  process.stderr.write(
    `${methods} methods on ${size.sets} sets of ${size.samples} x ${size.units}: ${report.seconds} s from the command to the report, ${report.peakGb} GB resident at most (${report.peakSharedOnceGb} GB with shared pages once)\n`,
  );
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
