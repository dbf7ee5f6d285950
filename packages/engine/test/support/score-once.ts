import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { workerEnvironment } from '../../src/index.js';

const PROGRAM = fileURLToPath(new URL('../fixtures/score-once.mjs', import.meta.url));
const outcome = z.object({
  kind: z.string(),
  numericsClass: z.string(),
  tensors: z.number(),
  scores: z.record(z.string(), z.array(z.number())),
});

/** Scores eight images by every method, in a process of its own as a worker would. */
export async function scoreOnce(engine: 'native' | 'wasm', env: Readonly<Record<string, string>> = {}) {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, engine], {
    env: { ...process.env, ...workerEnvironment(), ...env },
    maxBuffer: 1024 ** 2,
  });
  return outcome.parse(JSON.parse(stdout));
}
