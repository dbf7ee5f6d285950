import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, setup } from './setup.mjs';
import { exitCodeOf } from './steps.mjs';

// `npm test`: set-up, then every test. Ends with one plain line that counts them.
await setup({ servers: true });
const folder = mkdtempSync(join(tmpdir(), 'oodgrid-test-'));
const file = join(folder, 'results.json');
try {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await exitCodeOf(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: ROOT,
  });
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const { passed, failed, skipped, reasons } = count(testResults, process.argv.length > 2);
  for (const [reason, tests] of reasons) process.stdout.write(`skipped ${tests}: ${reason}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exitCode = code !== 0 ? code : failed > 0 || passed === 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * A test is skipped when it says why. One that did not run and does not say why (a hook of its suite threw, somebody left
 * a `skip` behind) counts as failed, but for those that a filter left out.
 */
function count(files, isFiltered) {
  let passed = 0;
  let failed = 0;
  const reasons = new Map();
  for (const { status: ofFile, assertionResults } of files) {
    // A file that cannot be loaded has no tests.
    if (ofFile === 'failed' && assertionResults.length === 0) failed++;
    for (const { status, meta } of assertionResults) {
      const reason =
        meta?.skipped ?? (isFiltered && status !== 'failed' ? 'left out by the filter' : undefined);
      if (status === 'passed') passed++;
      else if (reason === undefined) failed++;
      else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  const skipped = [...reasons.values()].reduce((sum, tests) => sum + tests, 0);
  return { passed, failed, skipped, reasons };
}
