import { EXIT_CODES } from '@oodgrid/contract';
import type { z } from 'zod';
import { type Check, ok, problem, warning } from '../doctor/check.js';
import type { podSchema } from './objects.js';

type Pod = z.infer<typeof podSchema>;

/** Seconds beyond its grace after which a pod that is told to end should be gone. */
const GONE_SECONDS = 60;

/** Returns the state of a pod, why it waits and what to do. `said`: the newest warning event of Kubernetes about it, or ''. */
export function checkPod(pod: Pod, said: string, now: number): Check {
  const name = `Pod/${pod.metadata.name}`;
  const { phase, conditions, containerStatuses } = pod.status;
  const { deletionTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined) {
    const late = (now - Date.parse(deletionTimestamp)) / 1000;
    if (late < GONE_SECONDS) return ok(name, 'ends');
    return problem(
      name,
      `should have ended ${Math.round(late)} s ago: its node ${pod.spec.nodeName} does not say that it has`,
      `see "kubectl get node ${pod.spec.nodeName}"; when it is down for certain: kubectl taint node ${pod.spec.nodeName} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`,
    );
  }
  if (phase === 'Succeeded') return ok(name, 'has ended');
  const unplaced = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unplaced !== undefined)
    return problem(name, `finds no node: ${unplaced.message}`, placeAdvice(unplaced.message));
  for (const { name: container, restartCount, state, lastState } of containerStatuses) {
    const { waiting } = state;
    if (waiting === undefined) continue;
    const { reason, message } = waiting;
    if (reason === 'CrashLoopBackOff') {
      const end = lastState.terminated;
      const how =
        end === undefined
          ? ''
          : `, last with exit code ${end.exitCode}${end.reason === '' ? '' : ` (${end.reason})`}`;
      return problem(
        name,
        `${container} ended ${restartCount} times${how}`,
        endAdvice(pod.metadata.name, end),
      );
    }
    if (/Image/.test(reason))
      return problem(
        name,
        `${container}: ${reason}: ${message}`,
        'name your registry under "images" of your overlay; a registry with a password needs imagePullSecrets of the service account',
      );
    if (/Error/.test(reason))
      return problem(
        name,
        `${container}: ${reason}: ${message}`,
        'make what it names, or take it out of your overlay',
      );
  }
  if (phase === 'Failed') return problem(name, 'has failed', `kubectl logs ${pod.metadata.name} says why`);
  if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True'))
    return ok(name, `ready on ${pod.spec.nodeName}`);
  if (phase === 'Running')
    return warning(
      name,
      said === '' ? 'runs, and is not ready' : `runs, and is not ready: ${said}`,
      `/readyz on its metrics port gives the reasons: kubectl port-forward ${pod.metadata.name} 9464`,
    );
  return said === ''
    ? warning(name, 'is being started', 'look again in a minute')
    : problem(
        name,
        `cannot be started: ${said}`,
        'make what it names; a Secret or volume that is missing has a line of its own here',
      );
}

function placeAdvice(message: string): string {
  if (/nvidia\.com\/gpu|didn't match Pod's node affinity/.test(message))
    return 'kubectl get nodes -L nvidia.com/gpu.product and "kubectl describe node" show devices: install the GPU operator, or wait until one is free';
  if (/unbound immediate PersistentVolumeClaims|persistentvolumeclaim/i.test(message))
    return 'its claim is not bound: see the line of the PersistentVolumeClaim';
  return 'add such a node, or ask for less in your overlay';
}

function endAdvice(
  name: string,
  end: { readonly exitCode: number; readonly reason: string } | undefined,
): string {
  const logs = `kubectl logs ${name} --previous says why`;
  if (end?.reason === 'OOMKilled')
    return 'raise its memory limit in your overlay, or give the worker smaller tasks by --memory';
  if (end?.exitCode === EXIT_CODES.unauthenticated)
    return `its token is refused: make one as docs/operations.md says and replace the Secret worker-token; ${logs}`;
  if (end?.exitCode === EXIT_CODES['invalid-input'])
    return `its arguments or files are refused (TLS, tokens, --nats); ${logs}`;
  if (end?.exitCode === EXIT_CODES.unavailable)
    return `a disk or server that it needs cannot be reached; ${logs}`;
  return logs;
}
