import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../support/cli.js';
import type { DeployTools } from '../support/deploy-tools.js';

const K8S = join(ROOT, 'deploy', 'k8s');
export const OVERLAYS = readdirSync(join(K8S, 'overlays')).filter((name) => !name.startsWith('.'));
export const COMPONENTS = readdirSync(join(K8S, 'components'));

/** Fields that these tests read of every object. */
const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type KubernetesObject = z.infer<typeof objectSchema>;

/** The objects of a folder with a kustomization. */
async function built({ kustomize }: DeployTools, folder: string): Promise<KubernetesObject[]> {
  const { stdout } = await execa(kustomize, ['build', folder]);
  return parseAllDocuments(stdout).map((document) => objectSchema.parse(document.toJS()));
}

export const overlay = (tools: DeployTools, name: string) => built(tools, join(K8S, 'overlays', name));

/** The base with components, as an overlay of a user's would have it. */
export async function withComponents(
  tools: DeployTools,
  names: readonly string[],
): Promise<KubernetesObject[]> {
  // Kustomize takes no absolute paths.
  const folder = mkdtempSync(join(K8S, 'overlays', '.test-'));
  try {
    const path = (name: string) => `  - ${relative(folder, join(K8S, name))}\n`;
    const components = names.map((name) => path(join('components', name))).join('');
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: ood-grid\nresources:\n${path('base')}components:\n${components}`,
    );
    return await built(tools, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
