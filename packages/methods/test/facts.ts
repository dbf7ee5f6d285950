import type { ModelFacts } from '../src/index.js';

/** What the engine says of a LeNet. */
export const LENET: ModelFacts = {
  name: 'lenet',
  architecture: 'lenet',
  classes: 10,
  input: [28, 28, 1],
  taps: ['layer0', 'layer1', 'pool', 'layer2', 'layer3'],
  layers: ['layer0', 'layer1', 'layer2', 'layer3'],
  penultimate: 'layer2',
  features: 128,
  logits: 'layer3',
  offers: { head: true, gradient: true, dropout: true },
  dropoutTap: 'pool',
  memory: { weightBytes: 0, activationBytesPerImage: 0 },
};
