import type { z } from 'zod';
import { type Check, ok, problem, warning } from '../doctor/check.js';
import type { workloadSchema } from './objects.js';

type Workload = z.infer<typeof workloadSchema>;

/** Whether a workload has the pods that it should have. `refused`: why Kubernetes makes none, or ''. */
export function checkWorkload(workload: Workload, refused: string): Check {
  const { kind, metadata, spec, status } = workload;
  const name = `${kind}/${metadata.name}`;
  const isDone =
    kind === 'Job' || (status.readyReplicas >= spec.replicas && status.updatedReplicas >= spec.replicas);
  if (refused !== '' && !isDone)
    return problem(
      name,
      `its pods are refused: ${refused}`,
      'mend what it names in your overlay; a quota or an admission policy of the cluster may stand behind it',
    );
  if (kind === 'Job') {
    const failed = status.conditions.find(({ type, status: is }) => type === 'Failed' && is === 'True');
    if (failed !== undefined)
      return problem(
        name,
        `has failed: ${failed.message}`,
        `kubectl logs job/${metadata.name} says why; delete it before it is applied again`,
      );
    return ok(name, spec.suspend ? 'waits to be started' : 'is there');
  }
  if (spec.replicas === 0) {
    if (metadata.name === 'worker') return ok(name, 'none wanted now');
    return problem(
      name,
      'is scaled to 0',
      `kubectl scale ${kind.toLowerCase()} ${metadata.name} --replicas=1`,
    );
  }
  if ((status.observedGeneration ?? 0) < metadata.generation)
    return warning(
      name,
      'its last change has not been looked at yet',
      'look again in a minute; if it stays, the controller manager of the cluster stands still',
    );
  const detail = `${status.readyReplicas} of ${spec.replicas} ready${status.updatedReplicas < spec.replicas ? `, ${status.updatedReplicas} of this version` : ''}`;
  return isDone ? ok(name, detail) : problem(name, detail, 'the lines of its pods say what each waits for');
}
