import { OodCommand } from '../../ood-command.js';
import { scriptOf, slurmFlags } from '../../slurm/slurm-flags.js';

export default class SlurmScript extends OodCommand {
  static override description =
    'Print the job array of workers, to look at, to change, and to give to sbatch';
  static override flags = slurmFlags;

  async run(): Promise<{ script: string }> {
    const { flags } = await this.parse(SlurmScript);
    const script = await scriptOf(flags);
    this.log(script.trimEnd());
    return { script };
  }
}
