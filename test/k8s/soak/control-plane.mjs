import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { run } from '../../../scripts/steps.mjs';

const TOKEN = 'only-for-this-run';

/** A control plane on loopback that lives as long as this process wants: etcd, API server, controllers, scheduler, and kwok for the nodes. */
export class ControlPlane {
  #children = [];
  #folder;

  /** Starts one in a folder that is there and empty. */
  static async start(programs, folder) {
    const plane = new ControlPlane();
    plane.#folder = folder;
    plane.kubeconfig = join(folder, 'kubeconfig');
    // However this process ends, none of them outlives it.
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    process.once('exit', () => {
      for (const child of plane.#children) child.kill('SIGKILL');
    });
    try {
      await plane.#start(programs);
    } catch (error) {
      await plane.stop();
      throw error;
    }
    return plane;
  }

  async #start(programs) {
    const [client, peer, secure, controllers, scheduler] = await freePorts(5);
    const path = (name) => join(this.#folder, name);
    const etcd = `http://127.0.0.1:${client}`;
    const peers = `http://127.0.0.1:${peer}`;
    this.#run(programs.etcd, [
      `--data-dir=${path('etcd')}`,
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
    ]);
    await run('openssl', ['genrsa', '-out', path('sa.key'), '2048']);
    writeFileSync(path('tokens.csv'), `${TOKEN},admin,uid1,system:masters\n`);
    mkdirSync(path('certs'));
    this.#run(programs['kube-apiserver'], [
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${secure}`,
      `--cert-dir=${path('certs')}`,
      `--service-account-key-file=${path('sa.key')}`,
      `--service-account-signing-key-file=${path('sa.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--authorization-mode=RBAC',
      `--token-auth-file=${path('tokens.csv')}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--endpoint-reconciler-type=none',
      // Debian's etcd cannot tell how far a watch is: watches that begin with a list would be refused, and whoever asks for them (kwok) tries
      // again after a pause that grows to a minute.
      '--feature-gates=WatchList=false',
    ]);
    writeFileSync(this.kubeconfig, kubeconfig(`https://127.0.0.1:${secure}`));
    await this.#ready();
    const config = `--kubeconfig=${this.kubeconfig}`;
    const own = [config, '--bind-address=127.0.0.1', '--leader-elect=false'];
    const key = `--service-account-private-key-file=${path('sa.key')}`;
    this.#run(programs['kube-controller-manager'], [...own, key, `--secure-port=${controllers}`]);
    this.#run(programs['kube-scheduler'], [...own, `--secure-port=${scheduler}`]);
    this.#run(programs.kwok, [config, '--manage-all-nodes=true', '--node-lease-duration-seconds=40']);
  }

  /** Answer of kubectl, which takes `input` as a file on standard input. Rejects with what it says. */
  kubectl(args, input) {
    return new Promise((resolve, reject) => {
      const child = spawn('kubectl', [`--kubeconfig=${this.kubeconfig}`, ...args]);
      let [out, error] = ['', ''];
      child.stdout.on('data', (data) => {
        out += data;
      });
      child.stderr.on('data', (data) => {
        error += data;
      });
      child.on('error', reject);
      child.on('close', (code) =>
        code === 0 ? resolve(out) : reject(new Error(`kubectl ${args.join(' ')}: ${error}`)),
      );
      child.stdin.end(input ?? '');
    });
  }

  async json(...args) {
    return JSON.parse(await this.kubectl([...args, '-o', 'json']));
  }

  /** Ends them all, last started first. */
  async stop() {
    for (const child of this.#children.reverse()) {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      if (child.exitCode === null) await ended;
    }
  }

  #run(program, args) {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.#folder,
      env: { ...process.env, KUBE_FEATURE_WatchListClient: 'false' },
    });
    const log = createWriteStream(join(this.#folder, `${program.split('/').at(-1)}.log`));
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#children.push(child);
  }

  async #ready() {
    await until('the API server is ready', async () => {
      const text = await this.kubectl(['get', '--raw', '/readyz']).catch(() => '');
      return text === 'ok';
    });
  }
}

/** Waits for a condition; rejects with its name, and what it said last, after two minutes. */
export async function until(name, holds, seconds = 120) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const said = await holds();
    if (said === true) return;
    if (Date.now() > end)
      throw new Error(`${name}: not within ${seconds} s${said === false ? '' : ` (${said})`}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const kubeconfig = (server) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'soak', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token: TOKEN } }],
    contexts: [{ name: 'soak', context: { cluster: 'soak', user: 'admin' } }],
    'current-context': 'soak',
  });
