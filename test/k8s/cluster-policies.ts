import { z } from 'zod';
import type { KubernetesObject } from './overlays.js';
import { type Pod, podsOf } from './pods.js';

const labels = z.record(z.string(), z.string()).default({});
const selectorSchema = z.object({
  matchLabels: labels,
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) }))
    .default([]),
});
type Selector = z.infer<typeof selectorSchema>;

const serviceSchema = z.object({
  kind: z.literal('Service'),
  spec: z.object({
    selector: labels,
    ports: z.array(z.object({ targetPort: z.union([z.string(), z.number()]) })),
  }),
});
const budgetSchema = z.object({
  kind: z.literal('PodDisruptionBudget'),
  spec: z.object({ selector: selectorSchema, minAvailable: z.unknown().optional() }),
});
const ruleSchema = z.object({
  ports: z.array(z.object({ port: z.union([z.string(), z.number()]) })).default([]),
  from: z
    .array(
      z.looseObject({ podSelector: selectorSchema.optional(), namespaceSelector: z.unknown().optional() }),
    )
    .default([]),
  to: z
    .array(
      z.looseObject({ podSelector: selectorSchema.optional(), namespaceSelector: z.unknown().optional() }),
    )
    .default([]),
});
const policySchema = z.object({
  kind: z.literal('NetworkPolicy'),
  spec: z.object({
    podSelector: selectorSchema,
    policyTypes: z.array(z.string()),
    ingress: z.array(ruleSchema).default([]),
    egress: z.array(ruleSchema).default([]),
  }),
});

/** Yields the faults between objects of an overlay. */
export function* clusterFaults(objects: readonly KubernetesObject[]): Generator<string> {
  yield* identityFaults(objects);
  const pods = podsOf(objects);
  let deniesAll = false;
  for (const object of objects) {
    const name = `${object.kind}/${object.metadata.name}`;
    const service = serviceSchema.safeParse(object).data;
    if (service !== undefined) yield* serviceFaults(name, service.spec, pods);
    const budget = budgetSchema.safeParse(object).data;
    if (budget !== undefined && selected(budget.spec.selector, pods).length === 0)
      yield `${name} selects no pod`;
    // Of one pod it would keep its node from being drained for ever.
    if (budget?.spec.minAvailable !== undefined) yield `${name} has minAvailable`;
    const policy = policySchema.safeParse(object).data;
    if (policy !== undefined) yield* policyFaults(name, policy.spec, pods);
    deniesAll ||= policy !== undefined && isDenial(policy.spec);
  }
  if (!deniesAll) yield 'no NetworkPolicy denies what the others do not allow';
}

/** Names are unique, and everything that has a namespace is in ours. */
function* identityFaults(objects: readonly KubernetesObject[]): Generator<string> {
  const WITHOUT = ['Namespace', 'PriorityClass'];
  const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) < i) yield `${name} is there twice`;
    const { kind, metadata } = objects[i] ?? { kind: '', metadata: { namespace: '' } };
    if (!WITHOUT.includes(kind) && metadata.namespace !== 'ood-grid')
      yield `${name} is in no namespace of ours`;
  }
  const level = objects.find(({ kind }) => kind === 'Namespace')?.metadata.labels;
  if (!JSON.stringify(level ?? {}).includes('"pod-security.kubernetes.io/enforce":"restricted"'))
    yield 'the namespace does not enforce the restricted level';
}

function* serviceFaults(
  name: string,
  { selector, ports }: z.infer<typeof serviceSchema>['spec'],
  pods: readonly Pod[],
): Generator<string> {
  const own = selected({ matchLabels: selector, matchExpressions: [] }, pods);
  if (own.length === 0) yield `${name} selects no pod`;
  for (const { targetPort } of ports) {
    if (own.some((pod) => !hasPort(pod, targetPort))) yield `${name}: no port ${targetPort} in its pods`;
  }
}

function* policyFaults(
  name: string,
  { podSelector, ingress, egress }: z.infer<typeof policySchema>['spec'],
  pods: readonly Pod[],
): Generator<string> {
  const own = selected(podSelector, pods);
  for (const { from, ports } of ingress) {
    // Clients come and go.
    for (const { podSelector: peer } of from)
      if (peer !== undefined && !isClient(peer) && selected(peer, pods).length === 0)
        yield `${name} lets nobody in`;
    for (const { port } of ports)
      if (own.some((pod) => !hasPort(pod, port))) yield `${name}: no port ${port} in its pods`;
  }
  for (const { to, ports } of egress) {
    for (const { podSelector: peer, namespaceSelector } of to) {
      if (peer === undefined || namespaceSelector !== undefined) continue;
      const peers = selected(peer, pods);
      if (peers.length === 0) yield `${name} leads to no pod`;
      for (const { port } of ports)
        if (peers.some((pod) => !hasPort(pod, port))) yield `${name}: no port ${port} where it leads`;
    }
  }
}

const isDenial = ({
  podSelector,
  policyTypes,
  ingress,
  egress,
}: z.infer<typeof policySchema>['spec']): boolean =>
  Object.keys(podSelector.matchLabels).every((key) => key === 'app.kubernetes.io/name') &&
  policyTypes.length === 2 &&
  ingress.length === 0 &&
  egress.length === 0;

const isClient = ({ matchLabels }: Selector): boolean => Object.values(matchLabels).includes('client');

const selected = ({ matchLabels, matchExpressions }: Selector, pods: readonly Pod[]): Pod[] =>
  pods.filter(
    ({ labels: own }) =>
      Object.entries(matchLabels).every(([key, value]) => own[key] === value) &&
      matchExpressions.every(({ key, values }) => values.includes(own[key] ?? '')),
  );

const hasPort = ({ containers }: Pod, port: string | number): boolean =>
  containers.some(({ ports }) => ports.some((one) => one.name === port || one.containerPort === port));
