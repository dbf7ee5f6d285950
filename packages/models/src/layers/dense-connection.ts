import { rank4, shape4, type Tensor } from '../tensors.js';
import { chain } from './chain.js';
import type { Layer } from './layer.js';

/** The input, and behind its channels what a branch makes of it: [n, h, w, c] to [n, h, w, c + growth]. */
export const denseConnection =
  (branch: readonly Layer[]): Layer =>
  (pass, input) => {
    const { ops } = pass;
    const [n, height, width, channels] = shape4(input);
    const grown = chain(branch)(pass, input);
    const growth = shape4(grown.y)[3];
    const y = ops.concat<Tensor>([input, grown.y], 3);
    return {
      y,
      pullback: (dy) =>
        ops.tidy(() => {
          const of = (from: number, count: number) =>
            ops.slice(rank4(ops, dy), [0, 0, 0, from], [n, height, width, count]);
          return ops.add(of(0, channels), grown.pullback(of(channels, growth)));
        }),
    };
  };
