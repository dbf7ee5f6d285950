import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { OodError } from '@oodgrid/contract';
import { evaluationFlags, evaluationOf } from '../features/evaluation.js';
import { featuresGrid } from '../features/features-grid.js';
import { findModelFolders } from '../features/model-folders.js';
import { OodCommand } from '../ood-command.js';

export default class Init extends OodCommand {
  static override description =
    'Write the grid of a folder of exported features into it, to be changed and submitted';
  static override examples = ['<%= config.bin %> init --features ./features'];
  static override flags = {
    ...evaluationFlags,
    features: Flags.string({ description: 'folder with id_test.npz, ood_*.npz and so on', required: true }),
  };

  async run(): Promise<{ grid: string }> {
    const { flags } = await this.parse(Init);
    const folder = resolve(flags.features);
    const { models } = await findModelFolders(folder);
    const { text } = await featuresGrid(models, folder, evaluationOf(flags, models));
    const grid = join(folder, 'grid.yaml');
    await writeFile(grid, text, { flag: 'wx' }).catch((cause: unknown) => {
      const { code, message } = OodError.from(cause);
      throw new OodError(
        code,
        `${grid}: the grid could not be written: ${message}; move the one that is there`,
        { cause },
      );
    });
    this.log(grid);
    return { grid };
  }
}
