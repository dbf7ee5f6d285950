import type { AlertRule } from './rule.js';

/** The coordinator, its store and the queue. */
export const SERVICE_ALERTS: readonly AlertRule[] = [
  {
    name: 'OodGridCoordinatorDown',
    severity: 'critical',
    expr: () => 'absent(oodgrid_build_info{program="coordinator"})',
    forMinutes: 2,
    summary: 'no coordinator answers Prometheus',
    meaning:
      'Prometheus reaches no coordinator. Workers go on with what they have, and hand it in when one is back; nothing new is given out, and nothing is lost.',
    look: [
      'Is the process there? `systemctl status`, or `kubectl get pods -l app.kubernetes.io/component=coordinator`.',
      'What were its last lines? A store that is damaged, or held by another coordinator, is named there.',
      'Does Prometheus scrape the address of `--metrics`? `curl HOST:PORT/healthz` from its machine.',
    ],
    mend: [
      'Start it again on the same store. Runs go on where they were.',
      'On Kubernetes after the loss of a node: the volume is free again only when the node is known to be dead; taint it with `node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`.',
    ],
  },
  {
    name: 'OodGridStoreNotWritable',
    severity: 'critical',
    // On a full disk it can be opened again each second, and fails with the next commit.
    expr: (min) => `oodgrid_store_up == 0 or increase(oodgrid_store_failures_total[${min(5)}]) > 3`,
    forMinutes: 1,
    summary: 'the store of coordinator {{ $labels.instance }} cannot be used',
    meaning:
      'The coordinator could not write its journal and tries to open the store again every second. Everything stands still until it can; nothing that was acknowledged is lost.',
    look: [
      'The log of `serve` says why: as a rule the disk is full, or went away.',
      '`df` and `dmesg` on its machine.',
    ],
    mend: [
      'Make room (`ood-cli gc --older-than 30 --yes` when the coordinator answers), or bring the disk back. It goes on by itself.',
    ],
  },
  {
    name: 'OodGridDiskFillsSoon',
    severity: 'warning',
    expr: (min) =>
      `predict_linear(oodgrid_store_free_bytes[${min(360)}], 24 * 3600) < 0 and oodgrid_store_free_bytes < 20 * 1024 ^ 3`,
    forMinutes: 30,
    summary: 'the disk of the store of {{ $labels.instance }} is full within a day, if it goes on so',
    meaning:
      'Less than 20 GiB are free, and by the trend of six hours none is a day from now. A full disk stops every run.',
    look: [
      'The panel "Store": is it the database, its write-ahead log, the blobs, or something else on that disk?',
    ],
    mend: [
      '`ood-cli gc --older-than DAYS` says what it would free, `--yes` does it.',
      'Give the volume more room: the coordinator need not be stopped for it.',
    ],
  },
  {
    name: 'OodGridJournalSlow',
    severity: 'warning',
    expr: (min) =>
      `histogram_quantile(0.99, sum by (instance, le) (rate(oodgrid_commit_seconds_bucket[${min(5)}]))) > 0.5`,
    forMinutes: 10,
    summary: 'one commit in a hundred of {{ $labels.instance }} takes {{ $value | humanizeDuration }}',
    meaning:
      'Every answer to a worker waits for a commit. A slow disk makes workers wait for leases, and in the end loses leases.',
    look: [
      'Who else writes to that disk? `iostat -x 1`.',
      'Is it a network file system? The store needs a local one.',
    ],
    mend: [
      'Move the store to a faster local disk: stop the coordinator, copy the folder, start it with the new `--store`.',
    ],
  },
  {
    name: 'OodGridEventLoopBlocked',
    severity: 'warning',
    expr: () => 'oodgrid_nodejs_eventloop_lag_p99_seconds > 1',
    forMinutes: 5,
    summary: 'the event loop of {{ $labels.instance }} is late by {{ $value | humanizeDuration }}',
    meaning:
      'The program answers late: heartbeats, probes and clients wait. Beyond the time of a lease, workers lose theirs.',
    look: [
      'Does the machine have a core for it? The coordinator needs one, a worker a part of one beside its executors.',
      'The panels "Memory" and "Processor time": a process that is short of memory collects garbage all the time.',
    ],
    mend: [
      'Give it a core and memory of its own. Very large grids (100,000 cells and more) are better submitted in parts.',
    ],
  },
  {
    name: 'OodGridNatsGone',
    severity: 'critical',
    expr: () => 'oodgrid_nats_connected == 0',
    forMinutes: 2,
    summary: '{{ $labels.instance }} has no connection to NATS',
    meaning:
      'Tasks are offered to workers by NATS: without it they finish what they have and get nothing new. Nothing is lost; what the queue held is published again.',
    look: [
      'Is `nats-server` there, and does it answer at the address of `--nats`?',
      'Its log: JetStream needs its disk.',
    ],
    mend: ['Start it again; an empty store of NATS is no harm.'],
  },
  {
    name: 'OodGridRefusals',
    severity: 'warning',
    expr: (min) =>
      `sum by (reason) (increase(oodgrid_refused_total{reason!~"no_place|cancelled"}[${min(10)}])) > 20`,
    forMinutes: 5,
    summary: '{{ $value | humanize }} refusals within ten minutes: {{ $labels.reason }}',
    meaning:
      'Somebody says again and again what the coordinator does not take: a worker of another version, two workers of one name, or a stranger on the port.',
    look: [
      '`wire_version`: the log names the worker. `conflict`: two processes have one `--id`.',
      '`invalid-input`, `stream_error`, `slow_reader`, `idle`: who connects? `ss -tnp` on the machine of the coordinator.',
    ],
    mend: [
      'Install one version everywhere, give each worker a name of its own, and keep strangers off the port.',
    ],
  },
  {
    name: 'OodGridVersionSkew',
    severity: 'warning',
    expr: () => 'count(count by (version) (oodgrid_build_info)) > 1',
    forMinutes: 60,
    summary: '{{ $value }} versions are in use',
    meaning:
      'Releases that are at most one wire version apart work together, for the time of an upgrade. What is left behind longer was forgotten.',
    look: ['The panel "Programs, by version".'],
    mend: [
      'Restart what is old with the new version: workers hand their tasks back when they are told to stop.',
    ],
  },
];
