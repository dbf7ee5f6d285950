import { OodError } from '@oodgrid/contract';
import { execa } from 'execa';
import { OodCommand } from '../../ood-command.js';
import { scriptOf, slurmFlags } from '../../slurm/slurm-flags.js';

export default class SlurmSubmit extends OodCommand {
  static override description = 'Give the job array of workers to sbatch';
  static override examples = [
    '<%= config.bin %> slurm submit --cluster-file ~/.ood-grid/cluster.json --workers 16 --at-once 8 --time 4:00:00',
  ];
  static override flags = slurmFlags;

  async run(): Promise<{ job: string; script: string }> {
    const { flags } = await this.parse(SlurmSubmit);
    const script = await scriptOf(flags);
    const { exitCode, stdout, stderr, message } = await execa('sbatch', ['--parsable'], {
      input: script,
      reject: false,
    });
    if (exitCode !== 0) {
      const why = exitCode === undefined ? message : stderr.trim();
      throw new OodError(
        'unavailable',
        `sbatch refused the job: ${why}; "ood-cli slurm script" prints it, --mem none, --cpus 0 and --directive change its options`,
      );
    }
    // NUMBER, or NUMBER;CLUSTER
    const [job = ''] = stdout.trim().split(';');
    this.log(`submitted: job ${job}; scancel ${job} ends its workers`);
    return { job, script };
  }
}
