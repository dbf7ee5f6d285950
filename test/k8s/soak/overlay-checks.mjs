import { join } from 'node:path';
import { run } from '../../../scripts/steps.mjs';
import { until } from './control-plane.mjs';
import { doctorIsContent, doctorSeesFaults } from './doctor-checks.mjs';

const NAMESPACE = 'ood-grid';

/** Applies an overlay, sees that it comes up, and removes it. Gives a line of the report; rejects with what is wrong. */
export async function checkOverlay(plane, kustomize, root, name) {
  const yaml = await run(kustomize, ['build', join(root, 'deploy', 'k8s', 'overlays', name)]);
  const said = await plane.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], yaml);
  const objects = said.trim().split('\n').length;
  await until(`overlay ${name}: its pods run`, () => allRun(plane));
  const { items: pods } = await plane.json('get', 'pods', '-n', NAMESPACE);
  noToken(pods);
  await nothingRefused(plane);
  const workers = pods.filter(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'worker');
  onRightNodes(workers);
  await refusesHostNetwork(plane);
  const rollout = await rollsOut(plane);
  await coordinatorMayBeEvicted(plane);
  await doctorIsContent(plane, root);
  await doctorSeesFaults(plane, root, workers);
  await plane.kubectl(['delete', '--ignore-not-found', '--wait=true', '--timeout=120s', '-f', '-'], yaml);
  const placed = workers.map(({ spec }) => spec.nodeName).sort();
  return { name, objects, pods: pods.length, workers: placed.join(', ') || 'none', rollout };
}

/** True when every workload has all its pods ready; else what it waits for. */
async function allRun(plane) {
  for (const kind of ['statefulsets', 'deployments']) {
    const { items } = await plane.json('get', kind, '-n', NAMESPACE);
    if (items.length === 0) return `no ${kind}`;
    for (const { metadata, spec, status } of items) {
      const { readyReplicas = 0, observedGeneration = 0, updatedReplicas = 0 } = status;
      const isDone = readyReplicas === spec.replicas && updatedReplicas === spec.replicas;
      if (observedGeneration < metadata.generation || !isDone)
        return `${metadata.name}: ${readyReplicas} of ${spec.replicas} ready, ${updatedReplicas} of this version`;
    }
  }
  return true;
}

function noToken(pods) {
  for (const { metadata, spec } of pods) {
    if (JSON.stringify(spec).includes('serviceAccountToken')) throw new Error(`${metadata.name} has a token`);
  }
}

/** Pods that are refused, by the restricted level or a quota, are events of what would make them. */
async function nothingRefused(plane) {
  const { items } = await plane.json('get', 'events', '-n', NAMESPACE);
  const refused = items.filter(
    ({ reason, message }) => reason === 'FailedCreate' || /violates PodSecurity/.test(message),
  );
  if (refused.length > 0) throw new Error(`refused: ${refused.map(({ message }) => message).join('; ')}`);
}

/** Workers that ask for a GPU are where there are some, others are not. */
function onRightNodes(workers) {
  for (const { metadata, spec } of workers) {
    const wants = spec.containers[0].resources.limits['nvidia.com/gpu'] !== undefined;
    if (wants !== spec.nodeName.startsWith('gpu-'))
      throw new Error(`${metadata.name} is on ${spec.nodeName}`);
  }
}

async function refusesHostNetwork(plane) {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'on-the-host', namespace: NAMESPACE },
    spec: { hostNetwork: true, containers: [{ name: 'c', image: 'nats:2.11.0' }] },
  };
  const refusal = await plane
    .kubectl(['apply', '-f', '-'], JSON.stringify(pod))
    .catch(({ message }) => message);
  if (!/violates PodSecurity "restricted/.test(refusal))
    throw new Error(`a pod on the host's network is admitted: ${refusal}`);
}

/** Another version of the workers replaces the first, also where every device is taken. */
async function rollsOut(plane) {
  const deployments = await plane.json('get', 'deployments', '-n', NAMESPACE);
  if (deployments.items[0].spec.replicas === 0) return 'no worker';
  const patch = [{ op: 'add', path: '/spec/template/metadata/annotations', value: { version: 'next' } }];
  await plane.kubectl([
    'patch',
    'deployment',
    'worker',
    '-n',
    NAMESPACE,
    '--type=json',
    '-p',
    JSON.stringify(patch),
  ]);
  const start = Date.now();
  await until('the workers are of the next version', () => allRun(plane), 400);
  return `${((Date.now() - start) / 1000).toFixed(0)} s`;
}

/** A node with the coordinator can be drained: its budget does not stop it, and its pod comes back. */
async function coordinatorMayBeEvicted(plane) {
  const { metadata } = await plane.json('get', 'pod', 'coordinator-0', '-n', NAMESPACE);
  const eviction = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'coordinator-0', namespace: NAMESPACE },
  };
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/coordinator-0/eviction`;
  await plane.kubectl(['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
  await until('the coordinator is back', async () => {
    const pod = await plane.json('get', 'pod', 'coordinator-0', '-n', NAMESPACE).catch(() => undefined);
    const isNew = pod !== undefined && pod.metadata.uid !== metadata.uid;
    return (
      isNew &&
      pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
    );
  });
}
