import { join } from 'node:path';
import { ROOT, setup } from './setup.mjs';
import { exitCodeOf } from './steps.mjs';

// `npm run demo`: set-up, then the seven methods of the paper on FashionMNIST against real digits.
await setup();
const cli = join(ROOT, 'packages', 'cli', 'bin', 'run.js');
process.exitCode = await exitCodeOf(
  process.execPath,
  [cli, 'submit', join('examples', 'quickstart.yaml'), ...process.argv.slice(2)],
  { cwd: ROOT },
);
