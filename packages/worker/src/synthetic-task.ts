import { type Digest, type SyntheticTask, sha256 } from '@oodgrid/contract';

/** Scores of a synthetic task: a small generator, so that every worker computes the same ones. */
export function syntheticRows({ seed, rows }: SyntheticTask): Float32Array {
  let state = (seed * 2_654_435_761) >>> 0;
  return Float32Array.from({ length: rows }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  });
}

/** Bytes of the fitted state of a synthetic fit. */
export const syntheticState = ({ seed }: SyntheticTask): Uint8Array =>
  new TextEncoder().encode(`fit ${seed}`);

export const syntheticDigest = (task: SyntheticTask): Digest => sha256(syntheticState(task));
