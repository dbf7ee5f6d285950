import { Flags } from '@oclif/core';
import { EXIT_CODES } from '@oodgrid/contract';
import type { Check } from '../../doctor/check.js';
import { examine } from '../../kubernetes/examine.js';
import { readInstallation } from '../../kubernetes/kubectl.js';
import { OodCommand } from '../../ood-command.js';

const MARKS = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' } as const;

export default class KubernetesDoctor extends OodCommand {
  static override description =
    'Say what is wrong with an installation on Kubernetes, object by object, and what to do; by your kubectl and its rights';
  static override flags = {
    namespace: Flags.string({ description: 'namespace of the installation', default: 'ood-grid' }),
    context: Flags.string({ description: 'context of your kubeconfig (default: the current one)' }),
  };

  async run(): Promise<{ checks: Check[] }> {
    const { flags } = await this.parse(KubernetesDoctor);
    const { namespace, context } = flags;
    const checks = examine(namespace, await readInstallation({ namespace, context }), Date.now());
    for (const { name, state, detail, fix } of checks) {
      this.log(`${MARKS[state]}  ${name.padEnd(36)} ${detail}`);
      if (fix !== '') this.log(`${' '.repeat(46)}-> ${fix}`);
    }
    if (checks.some(({ state }) => state === 'problem')) process.exitCode = EXIT_CODES.unavailable;
    return { checks };
  }
}
