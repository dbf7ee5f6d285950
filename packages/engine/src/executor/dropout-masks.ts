import { OodError } from '@oodgrid/protocol';
import { philoxWords } from '@oodgrid/stats';
import { type Tensor, tf } from '../backend/tensors.js';
import type { DropoutMask } from '../models/layer.js';
import type { DropoutSite } from '../models/model.js';

/**
 * Masks of one stochastic pass. Every entry is a function of (seed, sample, pass, layer, unit) alone;
 * kept entries are scaled by 1 / (1 - rate), as PyTorch does in training mode.
 */
export function dropoutMasks(
  sites: readonly DropoutSite[],
  indices: Uint32Array,
  pass: number,
  seed: number,
): DropoutMask {
  return (index, h): Tensor => {
    const site = sites[index];
    if (site === undefined || h.shape.at(-1) !== site.units) {
      throw new OodError('internal', `dropout layer ${index} has no site for a tensor [${h.shape}]`);
    }
    const keep = new Float32Array(indices.length * site.units);
    const scale = 1 / (1 - site.rate);
    const threshold = Math.round(site.rate * 2 ** 32);
    for (const [row, sample] of indices.entries()) {
      const words = philoxWords({ seed, stream: index, counter: [sample, pass] }, site.units);
      for (let unit = 0; unit < site.units; unit++) {
        keep[row * site.units + unit] = (words[unit] ?? 0) >= threshold ? scale : 0;
      }
    }
    const shape = h.rank === 4 ? [indices.length, 1, 1, site.units] : [indices.length, site.units];
    return tf.tidy(() => tf.mul(h, tf.tensor(keep, shape)));
  };
}
