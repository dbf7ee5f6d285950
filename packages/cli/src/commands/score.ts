import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { visible } from '@oodgrid/contract';
import { cliContext } from '../context.js';
import { evaluationFlags, evaluationOf } from '../features/evaluation.js';
import { featuresGrid } from '../features/features-grid.js';
import { findModelFolders } from '../features/model-folders.js';
import { OodCommand } from '../ood-command.js';

export default class Score extends OodCommand {
  static override description =
    'Score a folder of exported features (id_train, id_test, ood_NAME, head; a sub-folder for each model where there are several) with every method that they allow, without a grid';
  static override examples = [
    '<%= config.bin %> score ./features',
    '<%= config.bin %> score ./features --protocol openood --group near=cifar100,tin --group far=svhn --choose-on val',
  ];
  static override args = {
    folder: Args.string({ description: 'folder with id_test.npz, ood_*.npz and so on', required: true }),
  };
  static override flags = {
    ...evaluationFlags,
    workers: Flags.integer({ description: 'worker processes', min: 1, max: 1024 }),
    output: Flags.string({ description: "folder for the run's results (default: runs, then the run's id)" }),
  };

  #isDelegated = false;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Score);
    // Beside JSON too: who reads only the results would take what was left out for what does not exist.
    const { log } = cliContext([]);
    const folder = resolve(args.folder);
    const { models, ignored } = await findModelFolders(folder);
    // Not in the folder of the features: it may be somebody else's, who lets others read it.
    const scratch = await mkdtemp(join(tmpdir(), 'oodgrid-score-'));
    try {
      const { text, methods, leftOut } = await featuresGrid(models, scratch, evaluationOf(flags, models));
      if (ignored.length > 0) log(`not looked at: ${ignored.map(visible).join(', ')}`);
      log(`methods: ${methods.join(', ')}`);
      for (const { method, reason } of leftOut) log(`left out: ${method}: ${reason}`);
      const grid = join(scratch, 'grid.yaml');
      await writeFile(grid, text);
      this.#isDelegated = true;
      return await this.config.runCommand('submit', [
        grid,
        '--output',
        flags.output ?? join('runs', `score-${new Date().toISOString().replaceAll(/[-:.]/g, '')}`),
        ...(flags.workers === undefined ? [] : ['--workers', String(flags.workers)]),
        ...(this.jsonEnabled() ? ['--json'] : []),
      ]);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** The run's results, or what went wrong with it, were printed by the command that computed them. */
  protected override logJson(json: unknown): void {
    if (!this.#isDelegated) super.logJson(json);
  }
}
