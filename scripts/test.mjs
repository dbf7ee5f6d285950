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
  const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(readFileSync(file, 'utf8'));
  process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed\n`);
  process.exitCode = code !== 0 ? code : numTotalTests === 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}
