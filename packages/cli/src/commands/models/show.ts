import { Args } from '@oclif/core';
import { OodError, sha256, suggestion } from '@oodgrid/contract';
import { parseSafetensors, readRegularFile } from '@oodgrid/formats';
import { findModel, listModels, weightsPath } from '@oodgrid/models';
import { cliContext } from '../../context.js';
import { OodCommand } from '../../ood-command.js';
import { type ModelReport, modelEntry } from '../../output/catalog-entries.js';

export default class ModelsShow extends OodCommand {
  static override description = "Show a bundled model's card and tensors, and check its weights";
  static override args = { model: Args.string({ description: 'name of the model', required: true }) };

  async run(): Promise<ModelReport> {
    const { args } = await this.parse(ModelsShow);
    const card = findModel(args.model);
    if (card === undefined) {
      const known = listModels().map(({ name }) => name);
      throw new OodError('not-found', `unknown model "${args.model}"${suggestion(args.model, known)}`);
    }
    const path = weightsPath(cliContext([]).modelsDir, card.name);
    const bytes = await readRegularFile(path);
    if (bytes === undefined) throw new OodError('not-found', `${path}: there is no such file`);
    const tensors = [...parseSafetensors(bytes, path).tensors].map(([name, { shape }]) => ({
      name,
      shape: [...shape],
    }));
    const report = { ...modelEntry(card, true), isIntact: sha256(bytes) === card.sha256, tensors };
    this.log(
      [
        `${card.name}: ${card.title}`,
        `  architecture   ${card.architecture}, ${card.classes} classes`,
        `  trained on     ${card.trainedOn}`,
        `  test accuracy  ${(100 * card.testAccuracy).toFixed(2)} %`,
        `  licence        ${card.licence}`,
        `  weights        ${path} (${report.isIntact ? 'SHA-256 as in the catalog' : 'NOT what the catalog has'})`,
        ...tensors.map(({ name, shape }) => `  ${name.padEnd(14)} [${shape.join(', ')}]`),
      ].join('\n'),
    );
    return report;
  }
}
