import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkGpu } from '../src/doctor/check-gpu.js';

const VERSION = `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024
GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)
`;
const OPEN_VERSION =
  'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build  (dvs-builder)\n';

let driverDir = '';
beforeEach(async () => {
  driverDir = await mkdtemp(join(tmpdir(), 'driver-'));
});
afterEach(() => rm(driverDir, { recursive: true, force: true }));

async function driver(version: string, models: Readonly<Record<string, string>>): Promise<void> {
  await writeFile(join(driverDir, 'version'), version);
  for (const [bus, model] of Object.entries(models)) {
    await mkdir(join(driverDir, 'gpus', bus), { recursive: true });
    await writeFile(
      join(driverDir, 'gpus', bus, 'information'),
      `Model: \t\t ${model}\nIRQ:   \t\t 16\nBus Type: \t PCIe\n`,
    );
  }
}

describe('doctor on GPUs', () => {
  it('says nothing where there is no driver', async () => {
    expect(await checkGpu('cpu', { driverDir })).toEqual([]);
  });

  it('names driver and devices by their bus, and that the engine leaves them idle', async () => {
    await driver(VERSION, { '0000:41:00.0': 'NVIDIA A100', '0000:01:00.0': 'NVIDIA H100 PCIe' });
    const [check] = await checkGpu('cpu', { driverDir, visible: undefined });
    expect(check).toMatchObject({
      state: 'warning',
      detail:
        'NVIDIA driver 535.183.01; devices: NVIDIA H100 PCIe, NVIDIA A100; not used: the engine computes on the CPU',
    });
  });

  it('is content with an engine that computes on them; the open kernel module has its version too', async () => {
    await driver(OPEN_VERSION, { '0000:01:00.0': 'NVIDIA H100 PCIe' });
    const checks = await checkGpu('gpu', { driverDir, visible: '0' });
    expect(checks).toMatchObject([
      { state: 'ok', detail: 'NVIDIA driver 570.86.15; devices: NVIDIA H100 PCIe' },
    ]);
  });

  it.each(['', '-1'])('names CUDA_VISIBLE_DEVICES="%s", which hides every device', async (visible) => {
    await driver(VERSION, { '0000:01:00.0': 'NVIDIA H100 PCIe' });
    expect(await checkGpu('cpu', { driverDir, visible })).toMatchObject([
      { state: 'warning', fix: 'unset CUDA_VISIBLE_DEVICES' },
    ]);
  });

  it('names them without a word on use where no engine loads', async () => {
    await driver(VERSION, { '0000:01:00.0': 'NVIDIA H100 PCIe' });
    expect(await checkGpu(undefined, { driverDir, visible: undefined })).toMatchObject([
      { state: 'ok', detail: 'NVIDIA driver 535.183.01; devices: NVIDIA H100 PCIe' },
    ]);
  });

  it('warns of a driver without a device', async () => {
    await driver(VERSION, {});
    expect(await checkGpu('cpu', { driverDir, visible: undefined })).toMatchObject([
      { state: 'warning', detail: 'NVIDIA driver 535.183.01; devices: none' },
    ]);
  });
});
