import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../../../scripts/engine/recipe.mjs';
import { k8sTools } from '../../../scripts/k8s/tools.mjs';
import { ROOT } from '../../../scripts/setup.mjs';
import { binaries, definitions, KUBERNETES, KWOK } from './binaries.mjs';
import { checkComponents } from './component-checks.mjs';
import { ControlPlane, until } from './control-plane.mjs';
import { addDisks, addNodes, NODES } from './nodes.mjs';
import { checkOverlay } from './overlay-checks.mjs';

// `pnpm soak:k8s`: a real API server with its controllers and scheduler, and nodes that are played, take every overlay of deploy/k8s. Writes
// docs/reports/kubernetes.md. The first time it builds Kubernetes: some minutes.
const REPORT = join(ROOT, 'docs', 'reports', 'kubernetes.md');

const { kustomize } = await k8sTools(cacheDir());
const programs = await binaries(cacheDir());
const { texts, modules } = await definitions();
const folder = mkdtempSync(join(tmpdir(), 'oodgrid-k8s-'));
const plane = await ControlPlane.start(programs, folder);
const components = [];
const rows = [];
const failures = [];
try {
  for (const text of texts) await plane.kubectl(['apply', '--server-side', '-f', '-'], text);
  await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  await addNodes(plane);
  await addDisks(plane, 40);
  await until('nodes are ready', async () => {
    const { items } = await plane.json('get', 'nodes');
    return items.every(({ status }) =>
      status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
  });
  try {
    components.push(...(await checkComponents(plane, kustomize, ROOT)));
    process.stdout.write(`ok      components ${components.join(', ')}\n`);
  } catch (error) {
    failures.push('components');
    process.stdout.write(`failed  ${error.message}\n`);
    await plane.kubectl(['delete', 'namespace', 'ood-grid', '--ignore-not-found']);
  }
  for (const name of readdirSync(join(ROOT, 'deploy', 'k8s', 'overlays')).filter(
    (one) => !one.startsWith('.'),
  )) {
    try {
      rows.push(await checkOverlay(plane, kustomize, ROOT, name));
      process.stdout.write(`ok      ${name}\n`);
    } catch (error) {
      failures.push(name);
      process.stdout.write(`failed  ${name}: ${error.message}\n`);
      await plane.kubectl(['delete', 'namespace', 'ood-grid', '--ignore-not-found']);
    }
  }
} finally {
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
}
if (failures.length > 0) process.exitCode = 1;
else writeFileSync(REPORT, report());

function report() {
  const lines = rows.map(
    ({ name, objects, pods, workers, rollout }) =>
      `| \`${name}\` | ${objects} | ${pods} | ${workers} | ${rollout} |`,
  );
  return `# Overlays on a real Kubernetes

Written by \`pnpm soak:k8s\` on ${new Date().toISOString().slice(0, 10)}. API server, controllers and scheduler are Kubernetes ${KUBERNETES}, built from the module proxy; ${NODES.length}
nodes (${NODES.filter(({ gpus }) => gpus > 0).length} with a GPU and its taint) and their kubelets are played by kwok ${KWOK}: objects, admission, scheduling, roll-outs
and evictions are real, what runs in the pods is not. Resources of others are defined by ${modules.join(', ')}.

| overlay | objects | pods | nodes of the workers | roll-out of the workers |
| --- | --: | --: | --- | --: |
${lines.join('\n')}

Beside the base, each component was taken under strict validation in a trial that keeps nothing: ${components.join(', ')}.

For each overlay it was seen that

- every object is taken under strict validation, autoscalers, monitors and certificates included;
- the namespace enforces the restricted level: all pods of ours are admitted, one on the host's network is refused;
- no pod has a token of its service account;
- workers that ask for a GPU are on nodes that have one, others are not;
- a roll-out of the workers ends, also where every device is taken;
- the coordinator's pod may be evicted, and comes back with its volume;
- \`ood-cli k8s doctor\` finds no problem with it, but for the Secrets that nobody makes here (certificates, the workers' token), and then names each of: workers that
  find no node, a coordinator that is scaled to none, a service that leads nowhere, a denial that is gone.
`;
}
