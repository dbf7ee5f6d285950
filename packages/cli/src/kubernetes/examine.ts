import type { z } from 'zod';
import { type Check, ok, problem, warning } from '../doctor/check.js';
import { checkPod } from './check-pod.js';
import { checkWorkload } from './check-workload.js';
import type { Installation } from './kubectl.js';
import {
  claimSchema,
  conditionedSchema,
  eventSchema,
  type KubernetesObject,
  podSchema,
  policySchema,
  serviceSchema,
  sliceSchema,
  workloadSchema,
} from './objects.js';

const LEVEL = 'pod-security.kubernetes.io/enforce';

/** Returns a check for each object of an installation. `now`: milliseconds since 1970. */
export function examine(name: string, { namespace, objects, secrets }: Installation, now: number): Check[] {
  if (namespace === null)
    return [
      problem(
        `Namespace/${name}`,
        'is not there',
        'kubectl apply -k deploy/k8s/overlays/cpu, or --namespace names yours',
      ),
    ];
  const of = <T>(schema: z.ZodType<T>): T[] =>
    objects.flatMap((object) => {
      const { data } = schema.safeParse(object);
      return data === undefined ? [] : [data];
    });
  const events = of(eventSchema)
    .filter(({ type }) => type === 'Warning')
    .sort((a, b) => ((a.lastTimestamp ?? '') < (b.lastTimestamp ?? '') ? -1 : 1));
  /** The last warning about an object, or about what makes its pods. */
  const said = (matches: (event: z.infer<typeof eventSchema>) => boolean): string =>
    events.filter(matches).at(-1)?.message ?? '';
  const workloads = of(workloadSchema);
  const slices = of(sliceSchema);
  return [
    checkNamespace(namespace),
    ...missing(workloads),
    ...workloads.map((workload) =>
      checkWorkload(
        workload,
        said(
          ({ reason, involvedObject: { name: about } }) =>
            reason === 'FailedCreate' &&
            (about === workload.metadata.name || about.startsWith(`${workload.metadata.name}-`)),
        ),
      ),
    ),
    ...of(podSchema).map((pod) =>
      checkPod(
        pod,
        said(
          ({ reason, involvedObject: about }) =>
            // What keeps it from a node is among its conditions, for as long as it does.
            reason !== 'FailedScheduling' && about.kind === 'Pod' && about.name === pod.metadata.name,
        ),
        now,
      ),
    ),
    ...of(serviceSchema).map((service) => checkService(service, slices)),
    ...of(claimSchema).map(checkClaim),
    ...secretChecks(workloads, secrets),
    ...of(conditionedSchema).map(checkConditions),
    ...policyChecks(of(policySchema)),
  ];
}

function checkNamespace({ metadata: { name, labels } }: KubernetesObject): Check {
  if (labels[LEVEL] === 'restricted') return ok(`Namespace/${name}`, 'enforces the level restricted');
  return warning(
    `Namespace/${name}`,
    `enforces the level ${labels[LEVEL] ?? 'of the cluster'}, not restricted`,
    `kubectl label namespace ${name} --overwrite ${LEVEL}=restricted`,
  );
}

/** Every installation has these. */
function missing(workloads: readonly KubernetesObject[]): Check[] {
  const names = new Set(workloads.map(({ metadata }) => metadata.name));
  return ['StatefulSet/coordinator', 'Deployment/worker'].flatMap((name) =>
    names.has(name.replace(/^.*\//, ''))
      ? []
      : [problem(name, 'is not there', 'apply the whole overlay again: kubectl apply -k')],
  );
}

function checkService(
  { metadata: { name } }: KubernetesObject,
  slices: readonly z.infer<typeof sliceSchema>[],
): Check {
  const own = slices.filter(({ metadata }) => metadata.labels['kubernetes.io/service-name'] === name);
  const ready = own.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions.ready);
  if (ready.length > 0) return ok(`Service/${name}`, `leads to ${ready.length}`);
  return problem(
    `Service/${name}`,
    'leads to no pod',
    'the lines of the pods say what they wait for; when all are ready, its selector is not that of their labels',
  );
}

function checkClaim({ metadata: { name }, spec, status: { phase } }: z.infer<typeof claimSchema>): Check {
  if (phase === 'Bound') return ok(`PersistentVolumeClaim/${name}`, 'bound');
  if (phase === 'Lost')
    return problem(
      `PersistentVolumeClaim/${name}`,
      'its volume is gone',
      'restore a back-up into a new one: docs/operations.md',
    );
  const of =
    spec.storageClassName === undefined
      ? 'the cluster has no default StorageClass'
      : `StorageClass ${spec.storageClassName} made none`;
  return problem(
    `PersistentVolumeClaim/${name}`,
    'has no volume',
    `${of}: see "kubectl get storageclass" and "kubectl describe pvc ${name}"`,
  );
}

/** Secrets that pods wait for. */
function secretChecks(
  workloads: readonly z.infer<typeof workloadSchema>[],
  there: readonly string[] | null,
): Check[] {
  const wanted = workloads.flatMap(({ spec }) =>
    spec.template.spec.volumes.flatMap(({ secret }) =>
      secret === undefined || secret.optional ? [] : [secret.secretName],
    ),
  );
  return [...new Set(wanted)].sort().map((name) => {
    if (there === null)
      return warning(
        `Secret/${name}`,
        'whether it is there cannot be seen',
        'your role may not list Secrets; pods say when one is missing',
      );
    if (there.includes(name)) return ok(`Secret/${name}`, 'is there');
    const how = name.endsWith('-tls')
      ? 'cert-manager makes it: see the line of its Certificate'
      : 'docs/operations.md, "On Kubernetes", has the commands that make it';
    return problem(`Secret/${name}`, 'is not there, and pods wait for it', how);
  });
}

function checkConditions({
  kind,
  metadata,
  status: { conditions },
}: z.infer<typeof conditionedSchema>): Check {
  const name = `${kind}/${metadata.name}`;
  const type = kind === 'HorizontalPodAutoscaler' ? 'ScalingActive' : 'Ready';
  const found = conditions.find((condition) => condition.type === type);
  if (found?.status === 'True') return ok(name, 'ready');
  if (found === undefined)
    return warning(
      name,
      'nobody has looked at it',
      'its controller (cert-manager, KEDA, or the metrics adapter) is not there, or has just been started',
    );
  return problem(
    name,
    `not ready: ${found.message}`,
    `kubectl describe ${kind.toLowerCase()} ${metadata.name}`,
  );
}

function policyChecks(policies: readonly KubernetesObject[]): Check[] {
  if (policies.some(({ metadata }) => metadata.name === 'deny-all'))
    return [ok('NetworkPolicy/deny-all', 'denies what others do not allow')];
  return [
    warning(
      'NetworkPolicy/deny-all',
      'is not there: every pod of the cluster reaches the coordinator',
      'apply the whole overlay again',
    ),
  ];
}
