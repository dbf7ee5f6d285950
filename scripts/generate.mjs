import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedFiles, staleFiles } from './generate/files.mjs';
import { ROOT } from './setup.mjs';
import { run } from './steps.mjs';

// Everything that is made from something else: wire code from proto/, then what the compiled code says of itself.
await run(join(ROOT, 'node_modules', '.bin', 'buf'), ['generate'], { cwd: ROOT });
await run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'], { cwd: ROOT });
const files = await generatedFiles(ROOT);
for (const path of await staleFiles(ROOT)) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), files.get(path));
  process.stdout.write(`${path}\n`);
}
