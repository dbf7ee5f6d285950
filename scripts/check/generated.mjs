import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../steps.mjs';

const FILE = join('oodgrid', 'v1', 'worker.ts');

/** Fails when the committed wire code is not what `npm run generate` makes of proto/. */
export async function checkGenerated(root) {
  const folder = await mkdtemp(join(root, 'node_modules', '.generated-'));
  try {
    await run(join(root, 'node_modules', '.bin', 'buf'), ['generate', '--output', folder], { cwd: root });
    const fresh = readFileSync(join(folder, 'packages', 'contract', 'src', 'gen', FILE), 'utf8');
    const committed = readFileSync(join(root, 'packages', 'contract', 'src', 'gen', FILE), 'utf8');
    if (fresh !== committed) throw new Error('packages/contract/src/gen is stale: run "npm run generate"');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
