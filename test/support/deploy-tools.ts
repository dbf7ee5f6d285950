import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { ROOT } from './cli.js';

const toolsSchema = z.object({ kustomize: z.string(), pythonPath: z.string(), hadolint: z.string() });

/** Tools that check the files in deploy/. */
export type DeployTools = z.infer<typeof toolsSchema>;

/** Fetches or builds them the first time. Fails with the reason where that cannot be done. */
export async function deployTools(): Promise<DeployTools> {
  const { stdout } = await execa(process.execPath, [join(ROOT, 'scripts', 'k8s', 'tools.mjs')]);
  return toolsSchema.parse(JSON.parse(stdout));
}
