import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { until } from './control-plane.mjs';

const NAMESPACE = 'ood-grid';
/** What nobody makes here: cert-manager and whoever makes tokens are not there, and pods that are played need neither. */
const ABSENT = /^Secret\/(worker-token|[\w-]+-tls)$/;

/** Lines of `ood-cli k8s doctor` that are not ok. */
function doctor(plane, root) {
  const program = join(root, 'packages', 'cli', 'bin', 'run.js');
  const { stdout, stderr } = spawnSync(process.execPath, [program, 'k8s', 'doctor', '--json'], {
    env: { ...process.env, KUBECONFIG: plane.kubeconfig },
    encoding: 'utf8',
  });
  const { checks, error } = JSON.parse(stdout || '{}');
  if (checks === undefined) throw new Error(`the doctor fails: ${error?.message ?? stderr}`);
  return checks.filter(({ state }) => state !== 'ok');
}

const problems = (checks) => checks.filter(({ state, name }) => state === 'problem' && !ABSENT.test(name));
const lines = (checks) => checks.map(({ state, name, detail }) => `${state} ${name} ${detail}`).join('\n');

/** An overlay that is up has no problem. */
export async function doctorIsContent(plane, root) {
  await until('the doctor is content', () => {
    const found = problems(doctor(plane, root));
    return found.length === 0 || lines(found);
  });
}

/** What is broken on purpose is told: one worker too many for the nodes, a coordinator that is scaled to none, a denial that is gone. */
export async function doctorSeesFaults(plane, root, workers) {
  const wanted = workers.length + 100;
  const scale = (what, count) => plane.kubectl(['scale', what, `--replicas=${count}`, '-n', NAMESPACE]);
  await scale('deployment/worker', wanted);
  await scale('statefulset/coordinator', 0);
  await plane.kubectl(['delete', 'networkpolicy', 'deny-all', '-n', NAMESPACE]);
  const expected = [
    /^problem Pod\/worker-\S+ finds no node: .*Insufficient/m,
    new RegExp(`^problem Deployment/worker \\d+ of ${wanted} ready`, 'm'),
    /^problem StatefulSet\/coordinator is scaled to 0/m,
    /^problem Service\/coordinator leads to no pod/m,
    /^warning NetworkPolicy\/deny-all/m,
  ];
  await until('the doctor sees what is broken', () => {
    const said = lines(doctor(plane, root));
    const unseen = expected.filter((one) => !one.test(said));
    return unseen.length === 0 || `not ${unseen.join(', ')} in ${said.slice(0, 2000)}`;
  });
}
