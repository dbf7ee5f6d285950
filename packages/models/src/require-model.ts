import { type ModelFacts, OodError } from '@oodgrid/contract';
import type { TapModel } from './tap-model.js';

/** Throws `invalid-input` for a model that a source opened and that is not what its facts say. */
export function requireModel(model: TapModel, facts: ModelFacts, source: string): void {
  const { offers, classes, features } = facts;
  const refuse = (fault: string): never => {
    throw new OodError('invalid-input', `model "${facts.name}": source "${source}" opens a model ${fault}`);
  };
  if (model.facts !== facts) refuse('that has not the facts which were given');
  if (typeof model.taps !== 'function') refuse('without taps()');
  if (typeof model[Symbol.dispose] !== 'function') refuse('without [Symbol.dispose]()');
  if (offers.gradient && model.trace === undefined) refuse('without trace(), though it offers gradients');
  if (offers.dropout && model.dropoutLogits === undefined)
    refuse('without dropoutLogits(), though it offers dropout');
  if (!offers.head) return;
  const { weight, bias } = model.head ?? refuse('without head, though it offers one');
  if (weight.shape.join() !== [classes, features].join() || bias.shape.join() !== String(classes))
    refuse(
      `whose head is [${weight.shape.join(', ')}] and [${bias.shape.join(', ')}], expected [${classes}, ${features}] and [${classes}]`,
    );
}
