import { join } from 'node:path';
import { checkBoundaries } from './check/boundaries.mjs';
import { ROOT } from './setup.mjs';
import { run } from './steps.mjs';

const bin = (name) => join(ROOT, 'node_modules', '.bin', name);

/** Every check by name; all run, so that one failure does not hide another. */
const CHECKS = {
  types: () => run(bin('tsc'), ['-b'], { cwd: ROOT }),
  'lint and format (biome)': () => run(bin('biome'), ['ci', '.'], { cwd: ROOT }),
  'import boundaries': () => checkBoundaries(ROOT),
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
