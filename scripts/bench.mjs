import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, setup } from './setup.mjs';
import { exitCodeOf } from './steps.mjs';

// `pnpm bench NAME [--json]`: runs bench/NAME/bench.mjs; with --json its last line is one JSON object.
const [name, ...rest] = process.argv.slice(2);
const script = join(ROOT, 'bench', name ?? '', 'bench.mjs');
if (name === undefined || !existsSync(script)) {
  const known = readdirSync(join(ROOT, 'bench')).filter((entry) =>
    existsSync(join(ROOT, 'bench', entry, 'bench.mjs')),
  );
  process.stderr.write(`usage: pnpm bench NAME [--json]; benches here: ${known.join(', ')}\n`);
  process.exitCode = 2;
} else {
  await setup();
  process.exitCode = await exitCodeOf(process.execPath, [script, ...rest], { cwd: ROOT });
}
