import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, ok, warning } from './check.js';

/** Directory in which NVIDIA's kernel module on Linux lists its devices. */
const DRIVER_DIR = '/proc/driver/nvidia';

export interface GpuEnvironment {
  readonly driverDir?: string;
  /** `CUDA_VISIBLE_DEVICES`; undefined: all devices. */
  readonly visible?: string | undefined;
}

/**
 * NVIDIA's driver and devices, and whether the engine uses them. A machine without a driver gets no line: it has no GPU
 * that could be used. `engineDevice`: what the engine computes on; undefined when none loads, which is said elsewhere.
 */
export async function checkGpu(
  engineDevice: string | undefined,
  { driverDir = DRIVER_DIR, visible = process.env.CUDA_VISIBLE_DEVICES }: GpuEnvironment = {},
): Promise<Check[]> {
  const text = await readFile(join(driverDir, 'version'), 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const driver = /Kernel Module[^\n]*?\s(\d+(?:\.\d+)+)\s/.exec(text)?.[1] ?? 'of unknown version';
  const devices = await deviceNames(join(driverDir, 'gpus'));
  const detail = `NVIDIA driver ${driver}; devices: ${devices.join(', ') || 'none'}`;
  if (devices.length === 0)
    return [
      warning(
        'gpu',
        detail,
        'the driver is loaded but drives no device: look at nvidia-smi and the kernel log',
      ),
    ];
  if (visible !== undefined && /^\s*(-1.*)?$/.test(visible))
    return [
      warning('gpu', `${detail}; hidden by CUDA_VISIBLE_DEVICES="${visible}"`, 'unset CUDA_VISIBLE_DEVICES'),
    ];
  if (engineDevice !== 'cpu') return [ok('gpu', detail)];
  return [
    warning(
      'gpu',
      `${detail}; not used: the engine computes on the CPU`,
      'the set-up builds the engine for CPUs only; results are right, GPUs stay idle',
    ),
  ];
}

/** `Model:` of every device, in the order of their bus addresses, which is that of nvidia-smi. */
async function deviceNames(folder: string): Promise<string[]> {
  const buses = await readdir(folder).catch(() => []);
  return Promise.all(
    buses.sort().map(async (bus) => {
      const text = await readFile(join(folder, bus, 'information'), 'utf8').catch(() => '');
      return /^Model:\s*(.+?)\s*$/m.exec(text)?.[1] ?? `unknown at ${bus}`;
    }),
  );
}
