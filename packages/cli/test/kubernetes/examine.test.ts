import { expect, it } from 'vitest';
import { examine } from '../../src/kubernetes/examine.js';
import { type KubernetesObject, objectSchema } from '../../src/kubernetes/objects.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const NAMESPACE = objectSchema.parse({
  kind: 'Namespace',
  metadata: { name: 'ood-grid', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});

const workload = (kind: string, name: string, replicas: number, status: object, volumes: object[] = []) => ({
  kind,
  metadata: { name, generation: 1 },
  spec: { replicas, template: { spec: { volumes } } },
  status: { observedGeneration: 1, ...status },
});
const pod = (name: string, status: object, metadata: object = {}) => ({
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { nodeName: 'node-1' },
  status,
});
const UP = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const READY = { readyReplicas: 1, updatedReplicas: 1 };
const event = (reason: string, kind: string, name: string, message: string) => ({
  kind: 'Event',
  metadata: { name: `${name}.1` },
  type: 'Warning',
  reason,
  message,
  involvedObject: { kind, name },
});

const WELL = [
  workload('StatefulSet', 'coordinator', 1, READY),
  workload('Deployment', 'worker', 1, READY),
  pod('coordinator-0', UP),
  pod('worker-a', UP),
  { kind: 'Service', metadata: { name: 'coordinator' } },
  {
    kind: 'EndpointSlice',
    metadata: { name: 'coordinator-x', labels: { 'kubernetes.io/service-name': 'coordinator' } },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
  },
  {
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'store-coordinator-0' },
    spec: {},
    status: { phase: 'Bound' },
  },
  { kind: 'NetworkPolicy', metadata: { name: 'deny-all' } },
];

/** Lines of the doctor that are not ok, for objects of which those with a kind and name of `others` are replaced. */
function said(others: readonly object[], secrets: readonly string[] | null = []): string[] {
  const parsed = (objects: readonly object[]): KubernetesObject[] =>
    objects.map((one) => objectSchema.parse(one));
  const names = new Set(parsed(others).map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const kept = parsed(WELL).filter(({ kind, metadata }) => !names.has(`${kind}/${metadata.name}`));
  const checks = examine(
    'ood-grid',
    { namespace: NAMESPACE, objects: [...kept, ...parsed(others)], secrets },
    NOW,
  );
  return checks.flatMap(({ name, state, detail, fix }) =>
    state === 'ok' ? [] : [`${state} ${name} ${detail} -> ${fix}`],
  );
}

const waiting = (reason: string, message: string) => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'worker', state: { waiting: { reason, message } } }],
});
const crashed = (exitCode: number, reason: string) => ({
  phase: 'Running',
  containerStatuses: [
    {
      name: 'worker',
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode, reason } },
    },
  ],
});
const secret = (secretName: string) => ({ name: 'v', secret: { secretName } });

it('says nothing of an installation that is well', () => {
  expect(said([])).toEqual([]);
  // It found no node at first, and has one now.
  const starting = [pod('worker-a', UP), event('FailedScheduling', 'Pod', 'worker-a', '0/5 nodes')];
  expect(said(starting)).toEqual([]);
  expect(said([pod('worker-a', { phase: 'Pending' }), ...starting.slice(1)])).toEqual([
    expect.stringMatching(/^warning Pod\/worker-a is being started/),
  ]);
});

it('says of a namespace that is not there how it is made', () => {
  const [check] = examine('elsewhere', { namespace: null, objects: [], secrets: [] }, NOW);
  expect(check).toMatchObject({ name: 'Namespace/elsewhere', state: 'problem' });
});

it.each<[string, readonly object[], RegExp]>([
  [
    'a GPU that no node has',
    [
      pod('worker-a', {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            message: '0/5 nodes are available: 2 Insufficient nvidia.com/gpu',
          },
        ],
      }),
    ],
    /^problem Pod\/worker-a finds no node: 0\/5 .* GPU operator/,
  ],
  [
    'an image that is not there',
    [pod('worker-a', waiting('ImagePullBackOff', 'not found'))],
    /ImagePullBackOff: not found -> name your registry/,
  ],
  [
    'a Secret for a variable',
    [pod('worker-a', waiting('CreateContainerConfigError', 'secret "x" not found'))],
    /CreateContainerConfigError: secret "x"/,
  ],
  [
    'too little memory',
    [pod('worker-a', crashed(137, 'OOMKilled'))],
    /ended 4 times, last with exit code 137 \(OOMKilled\) -> raise its memory/,
  ],
  [
    'a token that is refused',
    [pod('worker-a', crashed(10, 'Error'))],
    /exit code 10 .* -> its token is refused/,
  ],
  [
    'arguments that are refused',
    [pod('worker-a', crashed(2, 'Error'))],
    /-> its arguments or files are refused/,
  ],
  [
    'a pod that is not ready',
    [
      pod('worker-a', { phase: 'Running' }),
      event('Unhealthy', 'Pod', 'worker-a', 'Readiness probe failed: 503'),
    ],
    /^warning Pod\/worker-a runs, and is not ready: Readiness probe failed: 503 -> \/readyz/,
  ],
  [
    'a volume that cannot be mounted',
    [
      pod('worker-a', { phase: 'Pending' }),
      event('FailedMount', 'Pod', 'worker-a', 'secret "worker-token" not found'),
    ],
    /cannot be started: secret "worker-token" not found/,
  ],
  [
    'a node that is lost',
    [pod('coordinator-0', UP, { deletionTimestamp: '2026-11-25T11:50:00Z' })],
    /should have ended 600 s ago.*out-of-service/,
  ],
  [
    'pods that are refused',
    [
      workload('Deployment', 'worker', 2, {}),
      event('FailedCreate', 'ReplicaSet', 'worker-5d9', 'violates PodSecurity "restricted:latest"'),
    ],
    /^problem Deployment\/worker its pods are refused: violates/,
  ],
  [
    'a coordinator that is scaled to none',
    [workload('StatefulSet', 'coordinator', 0, {})],
    /StatefulSet\/coordinator is scaled to 0/,
  ],
  [
    'a claim without a volume',
    [
      {
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'store-coordinator-0' },
        spec: {},
        status: { phase: 'Pending' },
      },
    ],
    /no default StorageClass/,
  ],
  [
    'a service that leads nowhere',
    [{ kind: 'Service', metadata: { name: 'nats' } }],
    /Service\/nats leads to no pod/,
  ],
  [
    'a Secret that pods wait for',
    [workload('Deployment', 'worker', 1, READY, [secret('worker-token')])],
    /Secret\/worker-token is not there/,
  ],
  [
    'a certificate that is not made',
    [
      {
        kind: 'Certificate',
        metadata: { name: 'worker' },
        status: { conditions: [{ type: 'Ready', status: 'False', message: 'issuer not found' }] },
      },
    ],
    /Certificate\/worker not ready: issuer not found/,
  ],
])('says what is wrong and what to do: %s', (_, objects, expected) => {
  expect(said(objects).join('\n')).toMatch(expected);
});

it('says what is absent, and that it may not look', () => {
  const objects = [workload('Deployment', 'worker', 1, READY, [secret('worker-token')])];
  expect(said(objects, ['worker-token'])).toEqual([]);
  expect(said(objects, null)).toEqual([expect.stringMatching(/^warning Secret\/worker-token/)]);
  const checks = examine('ood-grid', { namespace: NAMESPACE, objects: [], secrets: [] }, NOW);
  expect(checks.map(({ name, state }) => `${state} ${name}`)).toEqual([
    'ok Namespace/ood-grid',
    'problem StatefulSet/coordinator',
    'problem Deployment/worker',
    'warning NetworkPolicy/deny-all',
  ]);
});
