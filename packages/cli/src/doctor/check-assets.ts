import { sha256 } from '@oodgrid/contract';
import { listDatasets, verifyDataset } from '@oodgrid/datasets';
import { readRegularFile } from '@oodgrid/formats';
import { listModels, weightsPath } from '@oodgrid/models';
import { type Check, ok, problem, warning } from './check.js';

export async function checkModels(modelsDir: string): Promise<Check> {
  const broken: string[] = [];
  for (const { name, sha256: expected } of listModels()) {
    const bytes = await readRegularFile(weightsPath(modelsDir, name)).catch(() => undefined);
    if (bytes === undefined || sha256(bytes) !== expected) broken.push(name);
  }
  if (broken.length === 0) return ok('models', `${listModels().length} bundled, all intact`);
  return problem('models', `missing or changed: ${broken.join(', ')}`, 'git checkout models');
}

export async function checkData(cacheDir: string): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { name, splits } of listDatasets()) {
    const found: string[] = [];
    let isCorrupt = false;
    for (const split of ['test', 'train'] as const) {
      if (splits[split] === undefined) continue;
      const { state } = await verifyDataset(name, split, { cacheDir });
      found.push(`${split} ${state}`);
      isCorrupt ||= state === 'corrupt';
    }
    const detail = found.join(', ');
    if (isCorrupt) checks.push(problem(`data ${name}`, detail, `ood-cli data pull ${name}`));
    else if (detail.includes('absent'))
      checks.push(
        warning(`data ${name}`, detail, `fetched when a grid needs it, or now: ood-cli data pull ${name}`),
      );
    else checks.push(ok(`data ${name}`, detail));
  }
  return checks;
}
