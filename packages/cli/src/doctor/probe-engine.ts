import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { workerEnvironment } from '@oodgrid/engine';
import { PROBE_MAIN } from '@oodgrid/worker';
import { z } from 'zod';

const PROBE_TIMEOUT_MS = 60_000;
const probeSchema = z.object({
  kind: z.enum(['tensorflow', 'wasm']),
  version: z.string(),
  device: z.string(),
  numericsClass: z.string(),
  warnings: z.array(z.string()),
});
export type ProbedEngine = z.infer<typeof probeSchema>;

/** Loads the engine in a process of its own, as a worker would. Throws when none loads. */
export async function probeEngine(cacheDir: string): Promise<ProbedEngine> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROBE_MAIN, cacheDir], {
    env: { ...process.env, ...workerEnvironment() },
    timeout: PROBE_TIMEOUT_MS,
  });
  return probeSchema.parse(JSON.parse(stdout));
}
