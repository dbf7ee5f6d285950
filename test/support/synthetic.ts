import { randomUUID } from 'node:crypto';
import { type RunId, runIdSchema, type SyntheticSpec } from '@oodgrid/contract';
import type { ClusterClient } from 'ood-cli';

const SPEC: SyntheticSpec = {
  kind: 'synthetic',
  seed: 1,
  fits: 1,
  sweeps: 2,
  scores: 20,
  rows: 100,
  milliseconds: 20,
  fault: 'none',
};

/** Submits a run that computes nothing of use. */
export async function submitSynthetic(
  client: ClusterClient,
  spec: Partial<SyntheticSpec> = {},
  numericsClass = '',
): Promise<RunId> {
  const run = runIdSchema.parse(`run-${randomUUID().slice(0, 8)}`);
  await client.submit({
    run,
    name: 'synthetic',
    idempotencyKey: '',
    priority: 0,
    numericsClass,
    isCacheUsed: false,
    spec: { ...SPEC, ...spec },
  });
  return run;
}

const nothing = () => undefined;

/** Follows a run to its end; over what breaks meanwhile. */
export const endOf = (client: ClusterClient, run: string) =>
  client.watch(run, new AbortController().signal, nothing, nothing, nothing);
