import { OodError } from '@oodgrid/contract';
import { shellQuoted } from './shell-quoted.js';

export interface SlurmScriptOptions {
  /** Jobs of the array: each is one worker. */
  readonly workers: number;
  /** The most workers that may run at once; null: no limit. */
  readonly atOnce: number | null;
  readonly name: string;
  /** As Slurm writes it: minutes, `H:MM:SS`, `D-HH` and so on. */
  readonly time: string;
  /** Null: the line is left out, for sites that refuse it. */
  readonly cpus: number | null;
  readonly memory: string | null;
  readonly partition: string | null;
  readonly account: string | null;
  readonly gres: string | null;
  /** Further lines, for example `--qos=low`. */
  readonly directives: readonly string[];
  /** Folder of the workers' logs; made by the script's reader. */
  readonly logDir: string;
  /** Program and first arguments of `ood-cli` on the nodes. */
  readonly program: readonly string[];
  /** Arguments of `ood-cli worker`. */
  readonly workerArgs: readonly string[];
}

/** Exit code of a worker that was told to stop, as opposed to one that has no more work. */
export const DRAINED_EXIT_CODE = 75;
/** 128 + SIGTERM: a worker that was told to stop before it had started, when Node still ends at once. */
const TERMINATED_EXIT_CODE = 143;
/** Seconds before the end of its time that a worker is told to stop; Slurm may send the signal up to a minute early. */
const NOTICE_SECONDS = 120;
const MIN_MINUTES = 10;

/**
 * The job array of workers. A worker that was told to stop (by preemption, the end of its time, or itself) has handed its tasks
 * back; its job is queued again, unless somebody cancelled it. Throws `invalid-input` for what Slurm would misread.
 */
export function slurmScript(options: SlurmScriptOptions): string {
  const { workers, atOnce, name, cpus, memory, partition, account, gres, directives, logDir } = options;
  if (minutesOf(options.time) < MIN_MINUTES) {
    throw new OodError(
      'invalid-input',
      `--time: ${JSON.stringify(options.time)} is less than ${MIN_MINUTES} minutes: workers are told to stop ${NOTICE_SECONDS} s before the end, and Slurm may do so a minute earlier`,
    );
  }
  if (/[%\\]/.test(logDir)) {
    throw new OodError(
      'invalid-input',
      `--logs: ${JSON.stringify(logDir)}: Slurm gives % and \\ in names of log files meanings of their own: name a folder without them`,
    );
  }
  const array = `--array=0-${workers - 1}${atOnce === null ? '' : `%${atOnce}`}`;
  const lines = [
    option('job-name', name),
    array,
    '--ntasks=1',
    ...(cpus === null ? [] : [`--cpus-per-task=${cpus}`]),
    ...(memory === null ? [] : [option('mem', memory)]),
    option('time', options.time),
    ...(partition === null ? [] : [option('partition', partition)]),
    ...(account === null ? [] : [option('account', account)]),
    ...(gres === null ? [] : [option('gres', gres)]),
    option('output', `${logDir}/%x-%A_%a.log`),
    '--open-mode=append',
    '--requeue',
    `--signal=TERM@${NOTICE_SECONDS}`,
    ...directives.map(directive),
  ];
  const worker = [...options.program, 'worker', ...options.workerArgs].map(shellQuoted).join(' ');
  return `#!/bin/bash
${lines.map((line) => `#SBATCH ${line}`).join('\n')}

# Of an array the last job has the number of the whole array: only this names one.
job="\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
state() { squeue --noheader --jobs="$job" --format=%T 2>/dev/null; }

# Preemption also signals this shell; the worker gets its signal from Slurm itself.
trap : TERM
# Older Slurm does not say when the job's time is over.
if [ -z "\${SLURM_JOB_END_TIME:-}" ]; then
  end="$(squeue --noheader --jobs="$job" --format=%e 2>/dev/null)"
  case "$end" in
    *T*:*) SLURM_JOB_END_TIME="$(date --date="$end" +%s)" && export SLURM_JOB_END_TIME ;;
  esac
fi

# What is quoted is meant as it is.
# shellcheck disable=SC2016
srun --ntasks=1 ${worker}
code=$?

# ${DRAINED_EXIT_CODE}: told to stop, and has handed its tasks back; ${TERMINATED_EXIT_CODE}: told so before it had any. What was cancelled or preempted
# is not running any more: Slurm looks after it itself.
case "$code" in
  ${DRAINED_EXIT_CODE} | ${TERMINATED_EXIT_CODE}) [ "$(state)" = RUNNING ] && scontrol requeue "$job" ;;
esac
exit "$code"
`;
}

/** An option with a value that sbatch reads back as it is. */
function option(key: string, value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what would end the line, or the string.
  if (value === '' || /[\u0000-\u001f\u007f]/.test(value)) {
    throw new OodError(
      'invalid-input',
      `--${key}: ${JSON.stringify(value)} is empty or has control characters`,
    );
  }
  if (/^[\w.,:/=@%+-]+$/.test(value)) return `--${key}=${value}`;
  return `--${key}="${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

function directive(text: string): string {
  const [, key, , value] = /^--([a-z][\w-]*)(=(.*))?$/s.exec(text) ?? [];
  if (key === undefined) {
    throw new OodError(
      'invalid-input',
      `--directive: ${JSON.stringify(text)} is no option of sbatch, for example --directive=--qos=low`,
    );
  }
  return value === undefined ? `--${key}` : option(key, value);
}

/** Minutes of a time as Slurm writes it. Throws `invalid-input`. */
function minutesOf(text: string): number {
  const [, days, rest = ''] = /^(?:(\d+)-)?(\d+(?::\d+){0,2})$/.exec(text) ?? [];
  const parts = rest === '' ? [] : rest.split(':').map(Number);
  const [a = 0, b = 0, c = 0] = parts;
  if (parts.length === 0) {
    throw new OodError(
      'invalid-input',
      `--time: ${JSON.stringify(text)} is no time as Slurm writes it, for example 240, 4:00:00 or 1-12`,
    );
  }
  if (days !== undefined) return Number(days) * 1440 + a * 60 + b + c / 60;
  if (parts.length === 3) return a * 60 + b + c / 60;
  return parts.length === 2 ? a + b / 60 : a;
}
