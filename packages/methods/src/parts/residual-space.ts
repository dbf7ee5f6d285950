import { OodError } from '@oodgrid/contract';
import { minimumNormSolution, principalAxes, type SymmetricEigen } from '@oodgrid/stats';
import { z } from 'zod';
import type { Batch, FitContext, Rows, State, Tensor, Tensor2D } from '../method.js';

/** A dimension of the principal space, and the sweep over those that a grid names, all below the number of features. */
export const dimSetting = z.number().int().min(1);
export const dimsOption = z.array(dimSetting.max(100_000)).min(1).max(100).optional().meta({
  title:
    'dimensions of the principal space to choose from; by the number of features D where left out: 1000 from 2048 on, 512 from 768 on, else D/2',
});
export function dimsSweep(
  { dims }: { readonly dims?: readonly number[] | undefined },
  { features }: { readonly features: number },
) {
  const beyond = dims?.find((dim) => dim >= features);
  if (beyond !== undefined)
    throw new OodError(
      'invalid-input',
      `"dims" has ${beyond}, but the model has ${features} features, of which none would be left outside: give dims below ${features}`,
    );
  return { settings: (dims ?? [usualDims(features)]).map((dim) => ({ dim })), fallback: 0 };
}

/** The choice of ViM's authors by the number of features. */
const usualDims = (features: number): number => {
  if (features >= 2048) return 1000;
  return features >= 768 ? 512 : Math.max(1, Math.floor(features / 2));
};

/**
 * Returns the number of axes that the train features fill: along further ones their root mean square is within float32 rounding,
 * d^1/2 2^-23, of that along the first. A residual of such axes alone is noise.
 */
const filledAxes = ({ values }: SymmetricEigen): number =>
  values.filter((value) => value > values.length * 2 ** -46 * values[0]).length;

export interface ResidualSpace {
  readonly origin: Float64Array;
  readonly axes: SymmetricEigen;
  readonly filled: number;
  readonly state: State;
}

/** Principal axes of features [n, d] around u = -pinv(W) b, from which the logits are W (h - u): ViM, section 4. */
export function residualSpace(h: Rows, { head }: FitContext): ResidualSpace {
  const d = h.columns;
  const origin = minimumNormSolution(head.weight, head.bias).map((value) => -value);
  const axes = principalAxes(h, origin);
  const filled = filledAxes(axes);
  const state = {
    origin: { shape: [d], data: Float32Array.from(origin) },
    axes: { shape: [d, d], data: Float32Array.from(axes.vectors) },
    filled: { shape: [1], data: Float32Array.of(filled) },
  };
  return { origin, axes, filled, state };
}

/**
 * Length of what features h [n, d] have along the axes from the dim-th on: [n]. Call it in a `tidy`. Throws `invalid-input` where the
 * train features fill no more than `dim` dimensions.
 */
export function residualLength(
  { ops, facts, state, setting: { dim } }: Batch<{ readonly dim: number }>,
  h: Tensor2D,
  method: string,
): Tensor {
  const [, d] = h.shape;
  const filled = state('filled').dataSync()[0];
  if (dim >= filled)
    throw new OodError(
      'invalid-input',
      `${method}: "dims" has ${dim}, but the train features of model "${facts.name}" fill only ${filled} of ${d} dimensions, so nothing is left outside; ${filled > 1 ? `give dims below ${filled}` : `leave ${method} out, or check the features`}`,
    );
  const beyond = ops.slice(state('axes'), [dim, 0], [d - dim, d]);
  const residual = ops.matMul(ops.sub<Tensor2D>(h, state('origin')), beyond, false, true);
  return ops.sqrt(ops.sum(ops.square(residual), 1));
}
