import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { vi } from 'vitest';

/** Directory into which the set-up unpacks Slurm (`scripts/servers/slurm.mjs`). */
const folderIn = (cacheDir: string) => join(cacheDir, 'servers', 'slurm-debian');

/** Why there can be no Slurm here; undefined when there can. */
export function whyNoSlurm(cacheDir: string): string | undefined {
  if (process.getuid?.() !== 0) return "Slurm's daemons start jobs as root only";
  if (!existsSync(join(folderIn(cacheDir), 'usr/sbin/slurmctld-wlm')))
    return 'the set-up found no packages of Slurm: they are those of Debian 12';
  return undefined;
}

type Daemon = ReturnType<typeof startDaemon>;
const startDaemon = (program: string, args: readonly string[], env: Readonly<Record<string, string>>) =>
  execa(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], all: true, buffer: false, reject: false });

/** A real Slurm of one node on loopback ports, from unpacked packages: munged, slurmctld, slurmd. */
export class SlurmCluster {
  /** For `ood-cli` and Slurm's own commands. */
  readonly env: Readonly<Record<string, string>>;
  readonly #daemons: Daemon[];
  readonly #folder: string;

  private constructor(folder: string, env: Readonly<Record<string, string>>, daemons: Daemon[]) {
    this.#folder = folder;
    this.env = env;
    this.#daemons = daemons;
  }

  /** `folder` becomes the cluster's; its name has to be short, for a socket lies in it. */
  static async start(cacheDir: string, folder: string): Promise<SlurmCluster> {
    const root = folderIn(cacheDir);
    const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
    const plugins = join(libraries, 'slurm-wlm');
    for (const name of ['munge', 'state', 'spool'])
      mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'munge/key'), randomBytes(128), { mode: 0o600 });
    const config = join(folder, 'slurm.conf');
    const [controller, node] = [await getPort({ host: '127.0.0.1' }), await getPort({ host: '127.0.0.1' })];
    writeFileSync(config, configuration({ folder, plugins, controller, node }));
    writeFileSync(join(folder, 'cgroup.conf'), 'CgroupAutomount=no\n');
    const env = {
      SLURM_CONF: config,
      LD_LIBRARY_PATH: `${libraries}:${plugins}`,
      PATH: `${join(root, 'usr/bin')}:${process.env.PATH ?? ''}`,
    };
    const sbin = (name: string) => join(root, 'usr/sbin', name);
    const munge = ['socket', 'key-file', 'pid-file', 'log-file', 'seed-file'].map(
      (name) => `--${name}=${join(folder, 'munge', name.replace('-file', ''))}`,
    );
    const daemons = [
      startDaemon(sbin('munged'), ['--foreground', '--force', '--num-threads=1', ...munge], env),
    ];
    await vi.waitFor(() => {
      if (!existsSync(join(folder, 'munge/socket'))) throw new Error('munged is not there yet');
    });
    daemons.push(
      startDaemon(sbin('slurmctld-wlm'), ['-D', '-f', config], env),
      startDaemon(sbin('slurmd-wlm'), ['-D', '-f', config, '-d', sbin('slurmstepd-wlm')], env),
    );
    const cluster = new SlurmCluster(folder, env, daemons);
    try {
      await vi.waitFor(
        async () => {
          const state = await cluster.command('sinfo', '--noheader', '--format=%T');
          if (!/^idle/m.test(state)) throw new Error(`the node is ${state}`);
        },
        { timeout: 30_000, interval: 200 },
      );
    } catch (thrown) {
      const logs = ['ctld.log', 'slurmd.log'].map((name) =>
        readFileSync(join(folder, name), 'utf8').slice(-2000),
      );
      await cluster.close();
      throw new Error(`Slurm does not start: ${logs.join('\n')}`, { cause: thrown });
    }
    return cluster;
  }

  /** Returns the output of one of Slurm's commands. */
  async command(program: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await execa(join(this.env.PATH?.split(':')[0] ?? '', program), args, {
      env: this.env,
    });
    return stdout;
  }

  /** States of the jobs of an array that Slurm has not ended, by their numbers in it. */
  async states(job: string): Promise<ReadonlyMap<string, string>> {
    const args = ['--noheader', '--array', `--jobs=${job}`, '--format=%K %T'];
    // One that it knows no more of has ended.
    const text = await this.command('squeue', ...args).catch(() => '');
    return new Map([...text.matchAll(/^(\d+) (\w+)$/gm)].map(([, task = '', state = '']) => [task, state]));
  }

  async close(): Promise<void> {
    await this.command('scancel', '--user=root').catch(() => undefined);
    for (const daemon of this.#daemons.reverse()) {
      daemon.kill('SIGTERM');
      await daemon;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface Configuration {
  readonly folder: string;
  readonly plugins: string;
  readonly controller: number;
  readonly node: number;
}

/** One node with two partitions, the higher of which requeues jobs of the lower. Credentials are short-lived, for a requeued job waits as long. */
const configuration = ({ folder, plugins, controller, node }: Configuration) => `ClusterName=test
SlurmctldHost=localhost
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${folder}/munge/socket,cred_expire=5
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort=${controller}
SlurmdPort=${node}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/ctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/ctld.log
SlurmdLogFile=${folder}/slurmd.log
PluginDir=${plugins}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SchedulerParameters=bf_interval=1,sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
KillWait=5
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmdParameters=config_overrides
NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=8 RealMemory=8000 State=UNKNOWN
PartitionName=low Nodes=${hostname()} Default=YES PriorityTier=1 PreemptMode=REQUEUE GraceTime=10 MaxTime=INFINITE State=UP
PartitionName=high Nodes=${hostname()} PriorityTier=10 PreemptMode=OFF MaxTime=INFINITE State=UP
`;
