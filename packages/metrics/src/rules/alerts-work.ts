import type { AlertRule } from './rule.js';

/** Workers and tasks. */
export const WORK_ALERTS: readonly AlertRule[] = [
  {
    name: 'OodGridPoolWithoutWorkers',
    severity: 'critical',
    expr: () =>
      'sum by (pool) (oodgrid_ready_tasks) > 0 unless on (pool) sum by (pool) (oodgrid_workers{state="connected"}) > 0',
    forMinutes: 10,
    summary: '{{ $value }} tasks of class {{ $labels.pool }} are ready, and no worker takes them',
    meaning:
      'Runs wait for workers of a numerics class of which none is connected and well. "any" stands for runs that have no class yet.',
    look: [
      '`ood-cli workers`: are there none, are they set aside (with the reason), or are they of another class?',
      'With an autoscaler: does it see `oodgrid_ready_tasks`, and may it start workers?',
    ],
    mend: [
      'Start workers of that class; or `ood-cli move RUN --class CLASS`, which starts the run anew in a class that is there.',
    ],
  },
  {
    name: 'OodGridRunHeldUp',
    severity: 'warning',
    expr: () => 'oodgrid_runs_held_up > 0',
    forMinutes: 15,
    summary: '{{ $value }} runs cannot go on until somebody does something',
    meaning:
      'A run waits for a worker of its class, for one with more memory, or for a blob that only its user can upload again.',
    look: ['`ood-cli runs` says for each run what it waits for.'],
    mend: [
      'What it says: a worker of its class, a worker with more `--memory`, or the grid submitted again.',
    ],
  },
  {
    name: 'OodGridNoProgress',
    severity: 'critical',
    expr: (min) =>
      `sum(oodgrid_leases) > 0 and sum(increase(oodgrid_tasks_done_total[${min(60)}])) == 0 and sum(oodgrid_leases offset ${min(60)}) > 0`,
    forMinutes: 5,
    summary: 'workers hold {{ $value }} tasks, and none has come to an end for an hour',
    meaning:
      'Leases are renewed, so workers live, but nothing is done: a task hangs, or is far larger than any should be.',
    look: [
      '`ood-cli show RUN`: which tasks run, for how long, and where?',
      'On that machine: `top`, and the panel "Busy executors".',
    ],
    mend: [
      '`ood-cli drain WORKER` and stop it: its tasks go to others. `--stall` ends executors that say nothing.',
      'Smaller slices (`options.slice` of the grid) make smaller tasks.',
    ],
  },
  {
    name: 'OodGridLeasesExpire',
    severity: 'warning',
    expr: (min) => `increase(oodgrid_leases_expired_total[${min(15)}]) > 5`,
    forMinutes: 1,
    summary: '{{ $value | humanize }} leases were lost within 15 minutes',
    meaning: 'Workers vanish or fall silent, and what they had computed of those tasks is computed again.',
    look: [
      "`was lost with` in the coordinator's log names the workers.",
      'Are they killed (memory, spot nodes), cut off (network), or does the event loop of the coordinator lag?',
    ],
    mend: ['Mend those machines, or `ood-cli drain` them. Where the network is slow, a longer `--lease`.'],
  },
  {
    name: 'OodGridTasksGivenUp',
    severity: 'warning',
    expr: (min) => `sum by (code) (increase(oodgrid_tasks_given_up_total[${min(15)}])) > 0`,
    forMinutes: 1,
    summary: 'tasks were given up: {{ $labels.code }}',
    meaning: 'Tasks failed on every attempt; their runs end as failed when everything else of them is done.',
    look: ['`ood-cli show RUN`: the error and the last lines of the executor.'],
    mend: [
      'Bad input: mend the grid and submit it again. Otherwise mend the cause, and `ood-cli retry RUN --failed`.',
    ],
  },
  {
    name: 'OodGridWorkersSetAside',
    severity: 'warning',
    expr: () => 'sum by (pool) (oodgrid_workers{state="set aside"}) > 0',
    forMinutes: 10,
    summary: '{{ $value }} workers of class {{ $labels.pool }} are given no tasks',
    meaning: 'Something on these machines makes tasks fail, or the worker says itself that it is not well.',
    look: [
      '`ood-cli workers` has the reason: a full disk, a cache folder, no way to the blobs, tasks that others then did.',
    ],
    mend: ['Mend the machine: the worker checks itself and comes back.'],
  },
  {
    name: 'OodGridExecutorsDie',
    severity: 'warning',
    expr: (min) => `increase(oodgrid_executor_exits_total[${min(15)}]) > 3`,
    forMinutes: 1,
    summary: '{{ $value | humanize }} executors of {{ $labels.instance }} died within 15 minutes',
    meaning:
      'Executors crash, hang or are killed for their memory. Each costs one attempt of the task that it had.',
    look: ["The worker's log has their last words. `dmesg` says whether the kernel killed them for memory."],
    mend: [
      'Fewer `--executors`, or more memory. A model that always crashes them: its weights, or the engine (`ood-cli doctor`).',
    ],
  },
  {
    name: 'OodGridWorkerRestarts',
    severity: 'warning',
    expr: (min) =>
      `changes(oodgrid_process_start_time_seconds[${min(60)}]) > 3 and on (instance, job) oodgrid_build_info`,
    forMinutes: 1,
    summary: '{{ $labels.instance }} was started {{ $value | humanize }} times within an hour',
    meaning: 'The program ends again and again, and something starts it anew.',
    look: ['Its last lines before each end, and its exit code (docs/cli.md).'],
    mend: [
      'What they say: as a rule no engine, no way to the coordinator, or another worker of the same `--id`.',
    ],
  },
];
