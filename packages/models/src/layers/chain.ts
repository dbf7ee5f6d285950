import type { Tensor } from '../tensors.js';
import type { Layer } from './layer.js';

/** Layers one after another; no layer is the identity. */
export const chain =
  (layers: readonly Layer[]): Layer =>
  (pass, x) => {
    const pullbacks: ((dy: Tensor) => Tensor)[] = [];
    let y = x;
    for (const layer of layers) {
      const applied = layer(pass, y);
      pullbacks.push(applied.pullback);
      y = applied.y;
    }
    return { y, pullback: (dy) => pullbacks.reduceRight((gradient, pullback) => pullback(gradient), dy) };
  };
