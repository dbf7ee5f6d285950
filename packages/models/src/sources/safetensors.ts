import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import { factsOf } from '../architectures/architecture.js';
import { findArchitecture, listArchitectures } from '../architectures/catalog.js';
import { defineModelSource, type ModelFiles } from '../model-source.js';
import { isOverflowImpossible, openNetwork } from '../open-network.js';
import { readWeights } from '../read-weights.js';
import { PLAIN_WEIGHTS } from '../source-identity.js';

/** A safetensors file with the weights of a known architecture, under PyTorch's names. */
export const safetensors = defineModelSource({
  kind: PLAIN_WEIGHTS.kind,
  revision: 1,
  config: z.object({
    architecture: z.enum(listArchitectures().map(({ name }) => name)),
    weights: z.string().min(1).describe('the path of a safetensors file or PyTorch checkpoint'),
    classes: z.number().int().min(2).max(100_000).default(10),
  }),
  resolve: async ({ architecture: wanted, weights, classes }, { name, read }) => {
    const architecture = findArchitecture(wanted);
    if (architecture === undefined)
      throw new OodError('not-found', `model "${name}": unknown architecture "${wanted}"`);
    const { path, bytes } = await read(weights);
    const { blob, notes } = readWeights(bytes, path, { name, architecture, classes });
    return { facts: factsOf(architecture, name, classes), files: { weights: blob }, notes };
  },
  open: async (runtime, facts, files) => openNetwork(runtime, facts, weightsOf(facts.name, files)),
  isOverflowImpossible: (runtime, facts, files, largestInput) =>
    isOverflowImpossible(runtime, facts, weightsOf(facts.name, files), largestInput),
});

function weightsOf(name: string, { weights }: ModelFiles): Uint8Array {
  if (weights === undefined) throw new OodError('internal', `model "${name}" came without weights`);
  return weights;
}
