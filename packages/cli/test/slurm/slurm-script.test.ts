import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { type SlurmScriptOptions, slurmScript } from '../../src/slurm/slurm-script.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-slurm-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS: SlurmScriptOptions = {
  workers: 16,
  atOnce: 8,
  name: 'ood-grid',
  time: '4:00:00',
  cpus: 2,
  memory: '4G',
  partition: 'low',
  account: null,
  gres: null,
  directives: [],
  logDir: '/logs',
  program: ['ood-cli'],
  workerArgs: ['--lifetime=slurm'],
};
const script = (more: Partial<SlurmScriptOptions> = {}) => slurmScript({ ...OPTIONS, ...more });
const directives = (text: string) => [...text.matchAll(/^#SBATCH (.*)$/gm)].map(([, line]) => line);

/** Runs a script where Slurm's programs only note what they are given; gives srun's arguments and what was requeued. */
async function ran(text: string, { code = 0, state = 'RUNNING', end = '' } = {}) {
  const bin = mkdtempSync(join(folder, 'bin-'));
  const program = (name: string, body: string) => {
    writeFileSync(join(bin, name), `#!/bin/bash\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program(
    'srun',
    `printf '%s\\0' "$@" > ${bin}/srun.args; echo "$SLURM_JOB_END_TIME" > ${bin}/end; exit ${code}`,
  );
  program(
    'squeue',
    `case "$*" in *%e*) echo '${end}';; *) echo '${state}';; esac; echo "$@" >> ${bin}/squeue.args`,
  );
  program('scontrol', `echo "$@" >> ${bin}/scontrol.args`);
  const file = join(bin, 'job.sh');
  writeFileSync(file, text);
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    SLURM_JOB_ID: '9',
    SLURM_ARRAY_JOB_ID: '7',
    SLURM_ARRAY_TASK_ID: '3',
  };
  const { exitCode, stderr } = await execa('bash', [file], { env, extendEnv: false, reject: false });
  const read = (name: string) => {
    try {
      return readFileSync(join(bin, name), 'utf8');
    } catch {
      return '';
    }
  };
  const args = read('srun.args').split('\0').slice(0, -1);
  return { exitCode, stderr, args, requeued: read('scontrol.args').trim(), end: read('end').trim() };
}

const HOSTILE = [
  "it's",
  'a "b" c',
  'spaces  and\ttabs',
  '$(touch /tmp/pwned) `id` $HOME',
  'a;b&c|d>e<f',
  '日本語 ünï',
  '-rf',
  '#SBATCH --account=x',
  'back\\slash\\',
  '!event *glob? [a] {b,c} ~',
  'two\nlines',
];

describe('the job array of workers', () => {
  it('has one option a line, in the form that sbatch reads', () => {
    expect(directives(script())).toEqual([
      '--job-name=ood-grid',
      '--array=0-15%8',
      '--ntasks=1',
      '--cpus-per-task=2',
      '--mem=4G',
      '--time=4:00:00',
      '--partition=low',
      '--output=/logs/%x-%A_%a.log',
      '--open-mode=append',
      '--requeue',
      '--signal=TERM@120',
    ]);
  });

  it('leaves out what a site refuses, and takes what it wants beside', () => {
    const lines = directives(
      script({
        cpus: null,
        memory: null,
        partition: null,
        directives: ['--qos=low', '--exclusive', '--comment=my "own"'],
      }),
    );
    expect(lines.join(' ')).not.toMatch(/--(mem|cpus|partition)/);
    expect(lines.slice(-3)).toEqual(['--qos=low', '--exclusive', '--comment="my \\"own\\""']);
  });

  it.each(HOSTILE)('gives srun the very arguments: %j', async (word) => {
    const { args, exitCode } = await ran(
      script({ program: [word, 'x'], workerArgs: [`--coordinator=@/${word}`] }),
    );
    expect(args).toEqual(['--ntasks=1', word, 'x', 'worker', `--coordinator=@/${word}`]);
    expect(exitCode).toBe(0);
  });

  it.each(HOSTILE)('its options cannot be broken out of: %j', (word) => {
    const make = () => script({ name: word, partition: word, account: word });
    if (/[\n\t]/.test(word)) expect(make).toThrow(/control characters/);
    else {
      const lines = make().split('\n');
      expect(lines.filter((line) => line.includes(word.replaceAll(/["\\]/g, '\\$&')))).toHaveLength(3);
      expect(directives(make())).toHaveLength(12);
    }
  });

  it.each(['/a%b', '/a\\b'])('a folder of logs that Slurm would misread is refused: %j', (logDir) => {
    expect(() => script({ logDir })).toThrow(/--logs/);
  });

  it.each(['qos=low', '--', '--A=b', '--qos low', '--x=a\nb'])('no option of sbatch: %j', (text) => {
    expect(() => script({ directives: [text] })).toThrow(/sbatch|control/);
  });

  it.each(['5', '9:59', '0:09:00', '0-0:5'])('a time of less than ten minutes is refused: %s', (time) => {
    expect(() => script({ time })).toThrow(/less than 10 minutes/);
  });

  it.each(['10', '10:00', '0:10:00', '1-0', '1-12', '0-0:10', '2-1:2:3'])('%s is a time', (time) => {
    expect(directives(script({ time }))).toContain(`--time=${time}`);
  });

  it.each(['', 'long', '1:2:3:4', '-5', '1-', '1h'])('%j is none', (time) => {
    expect(() => script({ time })).toThrow(/no time as Slurm writes it/);
  });
});

describe('a worker that ended', () => {
  it('is queued again by the number of its own job when it was told to stop, and when so before it had started', async () => {
    for (const code of [75, 143])
      expect(await ran(script(), { code })).toMatchObject({ exitCode: code, requeued: 'requeue 7_3' });
  });

  it.each(['COMPLETING', 'CANCELLED', 'PREEMPTED', 'PENDING', ''])(
    'is left to Slurm when its job is %s: what somebody cancelled does not come back',
    async (state) => {
      expect(await ran(script(), { code: 75, state })).toMatchObject({ exitCode: 75, requeued: '' });
    },
  );

  it.each([0, 1, 5, 137])('is not queued again with exit code %i', async (code) => {
    expect(await ran(script(), { code })).toMatchObject({ exitCode: code, requeued: '' });
  });
});

it('a worker is told when its time is over, also by older versions of Slurm', async () => {
  expect((await ran(script(), { end: '2026-11-25T12:00:00' })).end).toMatch(/^\d{10}$/);
  // A job without an end, and a Slurm that does not answer: the worker must not take that for the past.
  for (const end of ['NONE', 'N/A', '']) expect((await ran(script(), { end })).end).toBe('');
});
