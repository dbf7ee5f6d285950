import { Flags } from '@oclif/core';
import { OodError, visibleLines } from '@oodgrid/contract';
import { execa } from 'execa';
import { startGuarded } from '../../cluster/guarded-process.js';
import { SupervisedProcess } from '../../cluster/supervised-process.js';
import { OodCommand } from '../../ood-command.js';
import { unlessStopped } from '../../process/shutdown.js';

export default class KubernetesForward extends OodCommand {
  static override enableJsonFlag = false;
  static override description =
    'Keep a port of this machine connected to the coordinator on Kubernetes, also when its pod is replaced; by your kubectl and its rights';
  static override examples = [
    '<%= config.bin %> k8s forward',
    '<%= config.bin %> submit grid.yaml --coordinator 127.0.0.1:7433',
  ];
  static override flags = {
    namespace: Flags.string({ description: 'namespace of the installation', default: 'ood-grid' }),
    context: Flags.string({ description: 'context of your kubeconfig (default: the current one)' }),
    port: Flags.integer({
      description: 'port of this machine, on the loopback address',
      default: 7433,
      min: 1,
      max: 65_535,
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(KubernetesForward);
    const signal = this.shutdownSignal();
    await requireKubectl();
    const args = [
      ...(flags.context === undefined ? [] : [`--context=${flags.context}`]),
      `--namespace=${flags.namespace}`,
      'port-forward',
      '--address=127.0.0.1',
      'service/coordinator',
      `${flags.port}:7433`,
    ];
    const say = (text: string) => process.stderr.write(visibleLines(text));
    // It ends with the pod that it was connected to.
    const forward = new SupervisedProcess({
      name: 'kubectl port-forward',
      start: () => startGuarded('kubectl', args),
      onText: say,
      say: (line) => say(`${line}\n`),
    });
    try {
      say(`submit to 127.0.0.1:${flags.port}; Ctrl-C ends it\n`);
      await unlessStopped(signal, forward.supervise()).catch((thrown: unknown) => {
        if (!signal.aborted) throw thrown;
      });
    } finally {
      await forward.stop();
    }
  }
}

async function requireKubectl(): Promise<void> {
  const { exitCode, message } = await execa('kubectl', ['version', '--client'], {
    reject: false,
    stdin: 'ignore',
  });
  if (exitCode === 0) return;
  throw new OodError(
    'unavailable',
    `kubectl cannot be started (${message}): install it, and see that "kubectl get namespaces" answers`,
  );
}
