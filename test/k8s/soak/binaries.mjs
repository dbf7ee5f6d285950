import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { goInstall } from '../../../scripts/servers/go-install.mjs';
import { run } from '../../../scripts/steps.mjs';

export const KUBERNETES = '1.34.2';
export const KWOK = '0.7.0';
const PARTS = ['kube-apiserver', 'kube-scheduler', 'kube-controller-manager'];

/** Kubernetes' control plane, kwok (which plays the kubelets) and etcd, built or fetched once into the cache: some minutes. Gives their paths. */
export async function binaries(cache) {
  const folder = join(cache, 'servers', `kubernetes-${KUBERNETES}`);
  await buildControlPlane(folder);
  const kwok = join(cache, 'servers', `kwok-${KWOK}`);
  await goInstall(`sigs.k8s.io/kwok/cmd/kwok@v${KWOK}`, kwok);
  const etcd = join(cache, 'servers', 'etcd');
  await fetchEtcd(etcd);
  const parts = Object.fromEntries(PARTS.map((name) => [name, join(folder, name)]));
  return { ...parts, kwok, etcd: join(etcd, 'usr/bin/etcd') };
}

/** From the module proxy, as dependencies of a module that is thrown away: Kubernetes' own takes its parts from a folder beside it. */
async function buildControlPlane(folder) {
  if (existsSync(folder)) return;
  const work = mkdtempSync(`${folder}-build-`);
  try {
    const env = { ...process.env, GOFLAGS: '-mod=mod -modcacherw' };
    const go = (...args) => run('go', args, { cwd: work, env });
    const module = JSON.parse(await go('mod', 'download', '-json', `k8s.io/kubernetes@v${KUBERNETES}`));
    const staged = [
      ...readFileSync(module.GoMod, 'utf8').matchAll(/^\s*(?:replace )?(\S+) => \.\/staging\//gm),
    ];
    const version = KUBERNETES.replace(/^1/, 'v0');
    const replace = staged.map(([, name]) => `replace ${name} => ${name} ${version}`).join('\n');
    writeFileSync(
      join(work, 'go.mod'),
      `module control-plane\n\ngo 1.24\n\nrequire k8s.io/kubernetes v${KUBERNETES}\n\n${replace}\n`,
    );
    const imports = PARTS.map((name) => `import _ "k8s.io/kubernetes/cmd/${name}"`).join('\n');
    writeFileSync(join(work, 'tools.go'), `//go:build tools\n\npackage tools\n\n${imports}\n`);
    await go('mod', 'tidy');
    const out = join(work, 'bin');
    mkdirSync(out);
    // Without its version the API server does not start.
    const flags = `-s -w -X k8s.io/component-base/version.gitVersion=v${KUBERNETES}`;
    await go(
      'build',
      '-o',
      `${out}/`,
      '-ldflags',
      flags,
      ...PARTS.map((name) => `k8s.io/kubernetes/cmd/${name}`),
    );
    renameSync(out, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function fetchEtcd(folder) {
  if (existsSync(folder)) return;
  const work = mkdtempSync(`${folder}-`);
  try {
    await run('apt-get', ['download', 'etcd-server'], { cwd: work });
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
    await run('dpkg', ['-x', archive, '.'], { cwd: work });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Definitions of other projects' resources, from the modules that carry them. */
const DEFINITIONS = [
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: ['servicemonitors', 'podmonitors', 'prometheusrules'].map(
      (name) => `example/prometheus-operator-crd/monitoring.coreos.com_${name}.yaml`,
    ),
  },
  { module: 'github.com/kedacore/keda/v2@v2.21.0', files: ['config/crd/bases/keda.sh_scaledobjects.yaml'] },
  {
    module: 'github.com/cert-manager/cert-manager@v1.16.2',
    files: ['deploy/crds/crd-certificates.yaml', 'deploy/crds/crd-issuers.yaml'],
  },
];

/** Texts of the definitions, and what they are of. */
export async function definitions() {
  const found = [];
  for (const { module, files } of DEFINITIONS) {
    const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', module]));
    for (const file of files) {
      // Some are templates of Helm; what it would fill in are labels.
      const lines = readFileSync(join(Dir, file), 'utf8').split('\n');
      found.push(lines.filter((line) => !line.includes('{{')).join('\n'));
    }
  }
  return { texts: found, modules: DEFINITIONS.map(({ module }) => module) };
}
