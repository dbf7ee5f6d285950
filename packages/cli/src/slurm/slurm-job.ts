import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { OodError } from '@oodgrid/contract';

const MIB = 1024 ** 2;

/** Limits of the surrounding Slurm job, read from its environment. */
export interface SlurmJob {
  /** Undefined where the job's memory is not limited. */
  readonly memoryBytes: number | undefined;
  /** One for each device, or else for each core. */
  readonly executors: number;
  /** Seconds since 1970; undefined where it has no end, or none is told. */
  readonly endSeconds: number | undefined;
  /** Folder on the node's own disk that all jobs of the user on the node share. */
  readonly localDir: string;
}

/** Undefined outside of a job. */
export function slurmJob(env: NodeJS.ProcessEnv, uid = userInfo().uid): SlurmJob | undefined {
  if (env.SLURM_JOB_ID === undefined) return undefined;
  const cores = count(env.SLURM_CPUS_PER_TASK) ?? count(env.SLURM_CPUS_ON_NODE) ?? 1;
  const perCore = count(env.SLURM_MEM_PER_CPU);
  // 0 is all of the node.
  const mib = count(env.SLURM_MEM_PER_NODE) ?? (perCore === undefined ? undefined : perCore * cores);
  const devices = (env.CUDA_VISIBLE_DEVICES ?? '').split(',').filter((device) => device !== '').length;
  const node = [env.SLURM_TMPDIR, env.TMPDIR].find((folder) => folder !== undefined && folder !== '');
  return {
    memoryBytes: mib === undefined ? undefined : mib * MIB,
    executors: devices > 0 ? devices : cores,
    endSeconds: count(env.SLURM_JOB_END_TIME),
    localDir: join(node ?? tmpdir(), `ood-grid-${uid}`),
  };
}

/** Returns the milliseconds from now until the worker has to end; null: never. Throws `invalid-input`. */
export function lifetimeMs(text: string | undefined, job: SlurmJob | undefined, now: number): number | null {
  if (text === undefined) return null;
  if (text === 'slurm') {
    if (job === undefined) {
      throw new OodError(
        'invalid-input',
        '--lifetime slurm: this is no job of Slurm (SLURM_JOB_ID is not set); give seconds',
      );
    }
    return job.endSeconds === undefined ? null : Math.max(0, job.endSeconds * 1000 - now);
  }
  const seconds = count(text);
  if (seconds === undefined) {
    throw new OodError(
      'invalid-input',
      `--lifetime: ${JSON.stringify(text)} is neither a number of seconds nor slurm`,
    );
  }
  return seconds * 1000;
}

/** A number above 0; undefined for anything else. */
function count(text: string | undefined): number | undefined {
  const number = /^\d+$/.test(text ?? '') ? Number(text) : 0;
  return number > 0 ? number : undefined;
}
