import { describe, expect, it } from 'vitest';
import { lifetimeMs, slurmJob } from '../../src/slurm/slurm-job.js';

const JOB = { SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '4' };

describe('what a job of Slurm may use', () => {
  it('is nothing outside of one', () => {
    expect(slurmJob({ SLURM_CPUS_PER_TASK: '4' })).toBeUndefined();
  });

  it.each([
    [{ SLURM_MEM_PER_NODE: '200' }, 200 * 2 ** 20],
    [{ SLURM_MEM_PER_CPU: '100' }, 400 * 2 ** 20],
    // All of the node.
    [{ SLURM_MEM_PER_NODE: '0' }, undefined],
    [{}, undefined],
  ])('memory of %j', (more, bytes) => {
    expect(slurmJob({ ...JOB, ...more })?.memoryBytes).toBe(bytes);
  });

  it.each([
    [{}, 4],
    [{ CUDA_VISIBLE_DEVICES: '0,2' }, 2],
    [{ CUDA_VISIBLE_DEVICES: '' }, 4],
    [{ SLURM_CPUS_PER_TASK: undefined, SLURM_CPUS_ON_NODE: '8' }, 8],
    [{ SLURM_CPUS_PER_TASK: undefined }, 1],
  ])('executors of %j', (more, executors) => {
    expect(slurmJob({ ...JOB, ...more })?.executors).toBe(executors);
  });

  it('its folder lies on the node, and is the user’s', () => {
    expect(slurmJob({ ...JOB, SLURM_TMPDIR: '/scratch/7', TMPDIR: '/tmp' }, 501)?.localDir).toBe(
      '/scratch/7/ood-grid-501',
    );
    expect(slurmJob({ ...JOB, SLURM_TMPDIR: '', TMPDIR: '/var/tmp' }, 501)?.localDir).toBe(
      '/var/tmp/ood-grid-501',
    );
  });
});

describe('--lifetime', () => {
  const job = slurmJob({ ...JOB, SLURM_JOB_END_TIME: '1000' });

  it('is seconds, or until the end of the job', () => {
    expect(lifetimeMs(undefined, job, 0)).toBeNull();
    expect(lifetimeMs('90', undefined, 0)).toBe(90_000);
    expect(lifetimeMs('slurm', job, 400_000)).toBe(600_000);
    expect(lifetimeMs('slurm', job, 2_000_000)).toBe(0);
    expect(lifetimeMs('slurm', slurmJob(JOB), 0)).toBeNull();
  });

  it.each(['', '0', '-1', '1.5', 'ten', '1h'])('%j is refused', (text) => {
    expect(() => lifetimeMs(text, job, 0)).toThrow(/neither a number of seconds nor slurm/);
  });

  it('slurm is refused outside of a job', () => {
    expect(() => lifetimeMs('slurm', undefined, 0)).toThrow(/no job of Slurm/);
  });
});
