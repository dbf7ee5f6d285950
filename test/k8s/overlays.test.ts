import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { cliContext, findNatsServer } from 'ood-cli';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../support/cli.js';
import { type DeployTools, deployTools } from '../support/deploy-tools.js';
import { clusterFaults } from './cluster-policies.js';
import { COMPONENTS, type KubernetesObject, OVERLAYS, overlay, withComponents } from './overlays.js';
import { podFaults } from './pod-policies.js';
import { podsOf } from './pods.js';

/** The three newest of the schemas. */
const VERSIONS = ['1.37', '1.36', '1.35'];
/** Kinds of other projects, whose schemas Kubernetes does not have. */
const FOREIGN = ['Certificate', 'Issuer', 'PodMonitor', 'PrometheusRule', 'ScaledObject'];

let tools: DeployTools;
const all = new Map<string, readonly KubernetesObject[]>();

beforeAll(async () => {
  tools = await deployTools();
  for (const name of OVERLAYS) all.set(`overlay ${name}`, await overlay(tools, name));
  for (const name of COMPONENTS) all.set(`component ${name}`, await withComponents(tools, [name]));
}, 600_000);

const objectsOf = (name: string): readonly KubernetesObject[] => all.get(name) ?? [];
const faultsOf = (objects: readonly KubernetesObject[]): string[] => [
  ...clusterFaults(objects),
  ...podsOf(objects).flatMap((pod) => [...podFaults(pod)].map((fault) => `${pod.owner}: ${fault}`)),
];

const NAMES = [
  ...OVERLAYS.map((name) => `overlay ${name}`),
  ...COMPONENTS.map((name) => `component ${name}`),
];

it('every object is one of the three newest versions of Kubernetes', async () => {
  const objects = new Map([...all.values()].flat().map((object) => [JSON.stringify(object), object]));
  const { stdout } = await execa('python3', [join(ROOT, 'test', 'k8s', 'validate.py'), ...VERSIONS], {
    input: JSON.stringify([...objects.values()]),
    env: { PYTHONPATH: tools.pythonPath },
  });
  const faults = z
    .array(z.object({ version: z.string(), object: z.string(), schema: z.string(), message: z.string() }))
    .parse(JSON.parse(stdout));
  expect(
    faults.filter(
      ({ schema, object }) => schema === 'found' || !FOREIGN.includes(object.split('/')[0] ?? ''),
    ),
  ).toEqual([]);
}, 120_000);

it.each(NAMES)('%s keeps to the policies', (name) => {
  expect(objectsOf(name).length).toBeGreaterThan(10);
  expect(faultsOf(objectsOf(name))).toEqual([]);
});

describe('the policies', () => {
  /** The faults of an overlay of which every `from` in its text is `to`. */
  const changed = (from: RegExp, to: string): string[] => {
    const text = JSON.stringify(objectsOf('overlay cpu'));
    expect(text).toMatch(from);
    return faultsOf(JSON.parse(text.replaceAll(from, to)));
  };

  it.each<[RegExp, string, RegExp]>([
    [/"runAsNonRoot":true,/g, '', /runs as root/],
    [/"type":"RuntimeDefault"/g, '"type":"Unconfined"', /no seccomp/],
    [/"automountServiceAccountToken":false,/g, '', /gets a token/],
    [/"allowPrivilegeEscalation":false/g, '"allowPrivilegeEscalation":true', /gain privileges/],
    [/"drop":\["ALL"\]/g, '"drop":[]', /keeps capabilities/],
    [/"readOnlyRootFilesystem":true/g, '"readOnlyRootFilesystem":false', /write to its root/],
    [/nats:2\.11\.0/g, 'nats:latest', /image nats:latest has no version/],
    [/ood-grid-worker:0\.1\.0/g, 'ood-grid-worker', /image ood-grid-worker has no version/],
    [/"limits":\{"cpu":"\d"/g, '"limits":{"gpu":"1"', /limits no cpu/],
    [/"livenessProbe"/g, '"likelinessProbe"', /has no livenessProbe/],
    [/--nats=/g, '--nuts=', /serve has no flag --nuts/],
    [
      /"terminationGracePeriodSeconds":30/g,
      '"terminationGracePeriodSeconds":10',
      /before it has handed its tasks back/,
    ],
    [/"enforce":"restricted"|enforce":"restricted"/g, 'enforce":"baseline"', /restricted level/],
    [/"policyTypes":\["Ingress","Egress"\]/g, '"policyTypes":["Ingress"]', /denies/],
    [/"targetPort":"grpc"/g, '"targetPort":"http"', /no port http/],
    [/"maxUnavailable":1/g, '"minAvailable":1', /minAvailable/],
    [/"emptyDir":/g, '"hostPath":', /of kind hostPath/],
  ])('see %s become %s', (from, to, fault) => {
    expect(changed(from, to).join('\n')).toMatch(fault);
  });
});

it.each(['base', 'overlays/local', 'components/cert-manager'])(
  'the configuration of NATS in %s is one that it takes',
  async (folder) => {
    const text = readFileSync(join(ROOT, 'deploy', 'k8s', folder, 'nats.conf'), 'utf8');
    expect(text).toContain('$POD_NAME');
    const tls = mkdtempSync(join(tmpdir(), 'oodgrid-nats-tls-'));
    try {
      if (text.includes('/etc/nats-tls')) await makeCertificate(tls);
      const file = join(tls, 'nats.conf');
      writeFileSync(file, text.replaceAll('/etc/nats-tls', tls));
      const program = findNatsServer(cliContext([]).cacheDir);
      const { all: said } = await execa(program, ['-t', '-c', file], {
        all: true,
        env: { POD_NAME: 'nats-0' },
      });
      expect(said).toContain('is valid');
    } finally {
      rmSync(tls, { recursive: true });
    }
  },
);

it('with certificates every link to NATS shows one and asks for one', () => {
  const text = JSON.stringify(objectsOf('overlay production'));
  expect(text.match(/--nats=tls:\/\/nats:4222/g)).toHaveLength(2);
  expect(text).not.toContain('--nats=nats:4222');
  // On the clients' port and between the servers.
  expect(text.match(/verify: true/g)).toHaveLength(2);
});

/** As a Secret of cert-manager has it: its own authority here. */
async function makeCertificate(folder: string): Promise<void> {
  const [key, cert] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
  const subject = ['-subj', '/CN=nats', '-addext', 'subjectAltName=DNS:nats'];
  await execa('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    ...subject,
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  copyFileSync(cert, join(folder, 'ca.crt'));
}
