import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { workerEnvironment } from '@oodgrid/engine';
import { OodError } from '@oodgrid/protocol';
import { PROBE_MAIN } from '@oodgrid/worker';
import { z } from 'zod';
import { type Check, ok, problem, warning } from './check.js';

const PROBE_TIMEOUT_MS = 60_000;
const probeSchema = z.object({
  kind: z.enum(['tensorflow', 'wasm']),
  version: z.string(),
  device: z.string(),
  numericsClass: z.string(),
  warnings: z.array(z.string()),
});

/** Loads the engine in a process of its own, as a worker would. */
export async function checkEngine(cacheDir: string): Promise<Check[]> {
  const env = { ...process.env, ...workerEnvironment() };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [PROBE_MAIN, cacheDir], {
      env,
      timeout: PROBE_TIMEOUT_MS,
    });
    const engine = probeSchema.parse(JSON.parse(stdout));
    const what = `${engine.kind} ${engine.version} on ${engine.device}`;
    const checks = [
      engine.kind === 'tensorflow'
        ? ok('engine', what)
        : warning(
            'engine',
            `${what}: about 10x slower forward and 20x on gradients`,
            `npm run setup builds native TensorFlow. ${engine.warnings.join(' ')}`.trim(),
          ),
    ];
    return [...checks, ok('numerics class', engine.numericsClass)];
  } catch (error) {
    return [problem('engine', `no engine loads: ${OodError.from(error).message.trim()}`, 'npm run setup')];
  }
}
