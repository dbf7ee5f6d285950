import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../support/cli.js';
import type { Container, Pod } from './pods.js';

/** Kinds of volumes that the level `restricted` admits. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** Yields the rules that a pod breaks. */
export function* podFaults(pod: Pod): Generator<string> {
  const { securityContext: context } = pod;
  if (context.runAsNonRoot !== true || context.runAsUser === 0) yield 'runs as root';
  if (context.seccompProfile?.type !== 'RuntimeDefault') yield 'has no seccomp profile';
  if (pod.hostNetwork === true || pod.hostPID === true || pod.hostIPC === true)
    yield "shares what is the host's";
  for (const { name, ...kinds } of pod.volumes) {
    const kind = Object.keys(kinds)[0] ?? 'none';
    if (!VOLUMES.includes(kind)) yield `volume ${name} is of kind ${kind}`;
    if (JSON.stringify(kinds).includes('serviceAccountToken'))
      yield `volume ${name} has a token of a service account`;
  }
  if (pod.automountServiceAccountToken !== false) yield 'gets a token of its service account';
  if ((pod.serviceAccountName ?? 'default') === 'default') yield 'uses the default service account';
  for (const container of [...pod.containers, ...pod.initContainers]) {
    for (const fault of containerFaults(container, pod)) yield `${container.name}: ${fault}`;
  }
}

function* containerFaults(
  container: Container,
  { isService, terminationGracePeriodSeconds }: Pod,
): Generator<string> {
  const { image, securityContext: context, resources, ports } = container;
  if (!/(:[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image) || /:latest$/.test(image))
    yield `image ${image} has no version`;
  if (context.allowPrivilegeEscalation !== false || context.privileged === true) yield 'may gain privileges';
  if (context.readOnlyRootFilesystem !== true) yield 'may write to its root file system';
  if (!context.capabilities?.drop.includes('ALL') || context.capabilities.add.length > 0)
    yield 'keeps capabilities';
  if (ports.some(({ hostPort }) => hostPort !== undefined)) yield 'takes a port of the host';
  for (const of of ['requests', 'limits'] as const) {
    for (const what of ['cpu', 'memory', 'ephemeral-storage'])
      if (resources[of][what] === undefined) yield `${of} no ${what}`;
  }
  for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
    if (isService && container[name] === undefined) yield `has no ${name}`;
  yield* flagFaults(container, terminationGracePeriodSeconds);
}

const snapshotSchema = z.array(z.looseObject({ command: z.string(), flags: z.array(z.string()) }));

/** Flags of every command of ood-cli. */
const COMMANDS = new Map(
  snapshotSchema
    .parse(JSON.parse(readFileSync(join(ROOT, 'packages', 'cli', 'test', 'commands.snapshot.json'), 'utf8')))
    .map(({ command, flags }) => [
      command,
      new Set(flags.map((flag) => flag.replace(/^--([\w-]+).*$/, '$1'))),
    ]),
);

/** After the grace, a worker has so much time to end. */
const ENDING_SECONDS = 5;

function* flagFaults({ image, args }: Container, graceSeconds: number): Generator<string> {
  const [command = '', ...rest] = args;
  if (!image.includes('ood-grid-')) return;
  const known = COMMANDS.get(command);
  if (known === undefined) {
    yield `there is no command ${command}`;
    return;
  }
  const flags = rest.filter((arg) => arg.startsWith('--')).map((arg) => arg.slice(2).split('='));
  for (const [name = ''] of flags) if (!known.has(name)) yield `${command} has no flag --${name}`;
  const names = flags.map(([name]) => name);
  if (new Set(names).size < names.length) yield 'a flag is there twice';
  const grace = Number(flags.find(([name]) => name === 'grace')?.[1] ?? 10);
  if (command === 'worker' && grace + ENDING_SECONDS > graceSeconds)
    yield `is killed after ${graceSeconds} s, before it has handed its tasks back`;
}
