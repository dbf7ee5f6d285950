import { existsSync } from 'node:fs';
import { listModels, weightsPath } from '@oodgrid/models';
import { textTable } from '@oodgrid/report';
import { cliContext } from '../../context.js';
import { OodCommand } from '../../ood-command.js';
import { type ModelEntry, modelEntry } from '../../output/catalog-entries.js';

export default class ModelsList extends OodCommand {
  static override description = 'List the bundled models';

  async run(): Promise<{ models: ModelEntry[] }> {
    await this.parse(ModelsList);
    const { modelsDir } = cliContext([]);
    const models = listModels().map((card) =>
      modelEntry(card, existsSync(weightsPath(modelsDir, card.name))),
    );
    const rows = models.map((model) => [
      model.name,
      model.architecture,
      model.trainedOn,
      `${(100 * model.testAccuracy).toFixed(2)} %`,
      model.isPresent ? 'present' : 'missing',
    ]);
    this.log(textTable(['model', 'architecture', 'trained on', 'test accuracy', 'weights'], rows));
    return { models };
  }
}
