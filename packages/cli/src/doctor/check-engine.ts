import { OodError } from '@oodgrid/contract';
import { type Check, ok, problem, warning } from './check.js';
import { checkGpu } from './check-gpu.js';
import { probeEngine } from './probe-engine.js';

/** Loads the engine in a process of its own, as a worker would. */
export async function checkEngine(cacheDir: string): Promise<Check[]> {
  try {
    const engine = await probeEngine(cacheDir);
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
    return [...checks, ok('numerics class', engine.numericsClass), ...(await checkGpu(engine.device))];
  } catch (error) {
    const missing = `no engine loads: ${OodError.from(error).message.trim()}`;
    return [problem('engine', missing, 'npm run setup'), ...(await checkGpu(undefined))];
  }
}
