import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Flags, type Interfaces } from '@oclif/core';
import { OodError } from '@oodgrid/contract';
import { MIN_IDLE_SECONDS } from '../cluster/gathering.js';
import { slurmScript } from './slurm-script.js';

/** Flags of the commands that write the job array of workers. */
export const slurmFlags = {
  'cluster-file': Flags.string({
    description: 'file that "serve --cluster-file" writes, on a file system that the nodes see',
    required: true,
  }),
  'token-file': Flags.string({
    description: "file of the workers' token, on a file system that the nodes see",
    env: 'OODGRID_TOKEN_FILE',
  }),
  'tls-ca': Flags.string({
    description:
      "PEM file of the authority of the coordinator's certificate, on a file system that the nodes see",
    env: 'OODGRID_TLS_CA',
  }),
  workers: Flags.integer({ description: 'workers: jobs of the array', default: 1, min: 1, max: 100_000 }),
  'at-once': Flags.integer({ description: 'how many of them may run at once', min: 1 }),
  name: Flags.string({ description: 'name of the jobs', default: 'ood-grid' }),
  time: Flags.string({ description: 'time limit of a job, as Slurm writes it', default: '4:00:00' }),
  cpus: Flags.integer({ description: 'cores of a worker; 0 leaves the line out', default: 1, min: 0 }),
  mem: Flags.string({ description: 'memory of a worker; none leaves the line out', default: '4G' }),
  partition: Flags.string({ description: 'partition' }),
  account: Flags.string({ description: 'account' }),
  gres: Flags.string({ description: 'devices, for example gpu:1' }),
  directive: Flags.string({
    description: 'another option of sbatch, for example --directive=--qos=low (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
    default: [],
  }),
  logs: Flags.string({ description: "folder of the workers' logs", default: 'slurm-logs' }),
  idle: Flags.integer({
    description: 'seconds without a task after which a worker ends; 0: it stays',
    default: 600,
    min: 0,
  }),
  'worker-arg': Flags.string({
    description: 'another argument of ood-cli worker, for example --worker-arg=--engine=wasm (repeatable)',
    multiple: true,
    multipleNonGreedy: true,
    default: [],
  }),
};

/** The script that the flags describe; the folder of its logs, which Slurm does not make, is there then. */
export async function scriptOf(flags: Interfaces.InferredFlags<typeof slurmFlags>): Promise<string> {
  if (flags.idle > 0 && flags.idle < MIN_IDLE_SECONDS)
    throw new OodError(
      'invalid-input',
      `--idle ${flags.idle}: expected 0 (workers stay) or at least ${MIN_IDLE_SECONDS}: workers would be gone before there is work`,
    );
  const logDir = resolve(flags.logs);
  const script = slurmScript({
    ...flags,
    atOnce: flags['at-once'] ?? null,
    cpus: flags.cpus === 0 ? null : flags.cpus,
    memory: flags.mem === 'none' ? null : flags.mem,
    partition: flags.partition ?? null,
    account: flags.account ?? null,
    gres: flags.gres ?? null,
    directives: flags.directive,
    logDir,
    program: [process.execPath, resolve(process.argv[1] ?? '')],
    workerArgs: [
      `--coordinator=@${resolve(flags['cluster-file'])}`,
      // Not every site hands the environment on.
      ...fileArg('token-file', flags['token-file']),
      ...fileArg('tls-ca', flags['tls-ca']),
      '--lifetime=slurm',
      ...(flags.idle === 0 ? [] : [`--exit-when-idle=${flags.idle}`]),
      ...flags['worker-arg'],
    ],
  });
  await mkdir(logDir, { recursive: true }).catch((cause: unknown) => {
    const { code, message } = OodError.from(cause);
    throw new OodError(code, `--logs: ${logDir} cannot be made: ${message}`, { cause });
  });
  return script;
}

/** An empty variable names no file. */
const fileArg = (flag: string, file: string | undefined): readonly string[] =>
  file === undefined || file === '' ? [] : [`--${flag}=${resolve(file)}`];
