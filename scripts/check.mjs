import { join } from 'node:path';
import { checkBoundaries } from './check/boundaries.mjs';
import { checkGenerated } from './check/generated.mjs';
import { staleFiles } from './generate/files.mjs';
import { ROOT } from './setup.mjs';
import { run } from './steps.mjs';

const bin = (name) => join(ROOT, 'node_modules', '.bin', name);

const IN_ROOT = { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' } };

/** Every check by name; all run, so that one failure does not hide another. */
const CHECKS = {
  types: () => run(bin('tsc'), ['-b'], IN_ROOT),
  'types of tests': () => run(bin('tsc'), ['-p', 'tsconfig.tests.json'], IN_ROOT),
  'lint and format (biome)': () => run(bin('biome'), ['ci', '.'], IN_ROOT),
  'dead files, exports and dependencies (knip)': () =>
    run(bin('knip'), ['--no-progress', '--no-config-hints'], IN_ROOT),
  'import boundaries': () => checkBoundaries(ROOT),
  'repeated code (jscpd)': () => run(bin('jscpd'), ['packages', 'scripts', 'test', 'bench'], IN_ROOT),
  'wire contract (buf)': () => run(bin('buf'), ['lint'], IN_ROOT),
  'wire contract is formatted': () => run(bin('buf'), ['format', '--diff', '--exit-code'], IN_ROOT),
  // The baseline is what was released; `buf build -o proto/baseline.binpb` makes a new one, on purpose.
  'wire contract breaks nobody': () =>
    run(bin('buf'), ['breaking', '--against', 'proto/baseline.binpb'], IN_ROOT),
  'generated wire code is fresh': () => checkGenerated(ROOT),
  'generated schemas and documentation are fresh': async () => {
    const stale = await staleFiles(ROOT);
    if (stale.length > 0) throw new Error(`stale: run "npm run generate"\n${stale.join('\n')}`);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  try {
    await check();
    process.stdout.write(`ok      ${name}\n`);
  } catch (error) {
    failed++;
    process.stdout.write(`failed  ${name}\n${error.message}\n`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
