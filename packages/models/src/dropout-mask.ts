import { OodError } from '@oodgrid/contract';
import { philoxWords } from '@oodgrid/stats';
import type { Ops, Tensor2D } from './tensors.js';
import type { DropoutSite } from './weights.js';

/**
 * Factors of one stochastic pass. Every entry is a function of (seed, sample, pass, layer, unit) alone;
 * kept entries are scaled by 1 / (1 - rate), as PyTorch does in training mode.
 */
export function dropoutMask(
  ops: Ops,
  sites: readonly DropoutSite[],
  indices: Uint32Array,
  pass: number,
  seed: number,
) {
  return (index: number): Tensor2D => {
    const site = sites[index];
    if (site === undefined) throw new OodError('internal', `the model has no dropout layer ${index}`);
    const keep = new Float32Array(indices.length * site.units);
    const scale = 1 / (1 - site.rate);
    const threshold = Math.round(site.rate * 2 ** 32);
    for (const [row, sample] of indices.entries()) {
      const words = philoxWords({ seed, stream: index, counter: [sample, pass] }, site.units);
      for (let unit = 0; unit < site.units; unit++) {
        keep[row * site.units + unit] = (words[unit] ?? 0) >= threshold ? scale : 0;
      }
    }
    return ops.tensor2d(keep, [indices.length, site.units]);
  };
}
