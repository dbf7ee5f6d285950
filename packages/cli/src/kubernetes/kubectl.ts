import { OodError } from '@oodgrid/contract';
import { execa } from 'execa';
import { z } from 'zod';
import { type KubernetesObject, objectSchema } from './objects.js';

/** Which installation is meant. */
export interface Place {
  readonly namespace: string;
  /** Of the user's kubeconfig; undefined: the current one. */
  readonly context: string | undefined;
}

/** Kinds of every cluster; what the doctor says is about these. Of Secrets only the names are asked for. */
const KINDS = [
  'statefulsets.apps',
  'deployments.apps',
  'jobs.batch',
  'pods',
  'services',
  'endpointslices.discovery.k8s.io',
  'persistentvolumeclaims',
  'networkpolicies.networking.k8s.io',
  'events',
];
/** Kinds of other projects, which a cluster need not have. */
const FOREIGN = [
  'certificates.cert-manager.io',
  'scaledobjects.keda.sh',
  'horizontalpodautoscalers.autoscaling',
];

const listSchema = z.object({ items: z.array(objectSchema) });

/** The objects of one namespace. */
export interface Installation {
  readonly namespace: KubernetesObject | null;
  readonly objects: readonly KubernetesObject[];
  /** Null where this user may not list them. */
  readonly secrets: readonly string[] | null;
}

/** Everything that the doctor looks at, by the user's own kubectl and its rights. Throws `unavailable` where the cluster or kubectl cannot be had. */
export async function readInstallation(place: Place): Promise<Installation> {
  const namespace = await kubectl(place, ['get', 'namespace', place.namespace, '-o', 'json']);
  if (isAbsent(namespace)) return { namespace: null, objects: [], secrets: [] };
  const get = (kinds: readonly string[]) =>
    kubectl(place, ['get', kinds.join(','), '-n', place.namespace, '-o', 'json']);
  const own = listOf(answer(await get(KINDS)));
  const foreign = await Promise.all(FOREIGN.map((kind) => get([kind])));
  const others = foreign.flatMap(({ out, failure }) => (failure === null ? listOf(out) : []));
  const secrets = await kubectl(place, ['get', 'secrets', '-n', place.namespace, '-o', 'name']);
  return {
    namespace: objectSchema.parse(JSON.parse(answer(namespace))),
    objects: [...own, ...others],
    secrets:
      secrets.failure === null
        ? secrets.out.split('\n').flatMap((line) => /^secret\/(.+)$/.exec(line)?.[1] ?? [])
        : null,
  };
}

interface Answer {
  readonly out: string;
  readonly failure: string | null;
}

async function kubectl({ context }: Place, args: readonly string[]): Promise<Answer> {
  const all = [...(context === undefined ? [] : [`--context=${context}`]), '--request-timeout=20s', ...args];
  const { exitCode, stdout, stderr, message } = await execa('kubectl', all, {
    reject: false,
    stdin: 'ignore',
  });
  if (exitCode === undefined)
    throw new OodError(
      'unavailable',
      `kubectl cannot be started (${message}): install it, and see that "kubectl get namespaces" answers`,
    );
  return { out: stdout, failure: exitCode === 0 ? null : stderr.trim() };
}

const isAbsent = ({ failure }: Answer): boolean => failure !== null && /\(NotFound\)/.test(failure);

function answer({ out, failure }: Answer): string {
  if (failure === null) return out;
  throw new OodError('unavailable', `kubectl: ${failure}; --context names another cluster`);
}

const listOf = (text: string): readonly KubernetesObject[] => listSchema.parse(JSON.parse(text)).items;
