import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from '../../../scripts/steps.mjs';

/**
 * Every component beside the base is taken by the API server under strict validation, in a trial that keeps nothing: also those that no overlay
 * has. Gives their names; rejects with what is wrong.
 */
export async function checkComponents(plane, kustomize, root) {
  const k8s = join(root, 'deploy', 'k8s');
  const names = readdirSync(join(k8s, 'components'));
  // Trials of what lies in it need it.
  const namespace = readFileSync(join(k8s, 'base', 'namespace.yaml'), 'utf8');
  await plane.kubectl(['apply', '-f', '-'], namespace);
  for (const name of names) {
    const yaml = await withComponent(kustomize, k8s, name);
    const trial = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'];
    await plane.kubectl(trial, yaml).catch((error) => {
      throw new Error(`component ${name}: ${error.message}`);
    });
  }
  await plane.kubectl(['delete', '--wait=true', '--timeout=120s', '-f', '-'], namespace);
  return names;
}

async function withComponent(kustomize, k8s, name) {
  // Kustomize takes no absolute paths.
  const folder = mkdtempSync(join(k8s, 'overlays', '.soak-'));
  try {
    const path = (...to) => relative(folder, join(k8s, ...to));
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace: 'ood-grid',
      resources: [path('base')],
      components: [path('components', name)],
    };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return await run(kustomize, ['build', folder]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
