import type { Architecture } from '@oodgrid/models';
import { type Candidate, type GridMethod, type MethodPlan, OodError } from '@oodgrid/protocol';
import { type ComputeName, REVISIONS } from './revisions.js';

/** What of a plan differs between grid methods; `compute` names the arithmetic. */
type Configured = Pick<
  MethodPlan,
  'splitOrder' | 'pass' | 'fit' | 'candidates' | 'fallbackCandidate' | 'columns' | 'cost'
> & { readonly compute: ComputeName; readonly options?: MethodPlan['options'] };

/** Softmax methods: one column of the canonical pass, nothing to fit or choose. */
const ONE_PASS = {
  splitOrder: 'file',
  pass: 'forward',
  fit: 'none',
  candidates: [],
  fallbackCandidate: 0,
} as const;

/**
 * Turns an entry of a grid into what the planner needs. `models` are the names of the models whose scores
 * the row averages, as the caller resolved them; empty = the cell's own model.
 */
export function methodPlan(
  method: GridMethod,
  architecture: Architecture,
  models: readonly string[],
): MethodPlan {
  const { options = {}, ...configured } = configure(method, architecture);
  return { ...configured, options, revision: REVISIONS[configured.compute], models };
}

function configure(method: GridMethod, architecture: Architecture): Configured {
  const layers = architecture.layerTaps;
  switch (method.name) {
    case 'baseline':
    case 'deep-ensemble':
    case 'outlier-exposure':
      return { ...ONE_PASS, compute: 'msp', columns: ['msp'], cost: { forwards: 1, gradients: 0 } };
    case 'mc-dropout':
      if (architecture.stochasticTap === undefined) {
        throw new OodError(
          'invalid-input',
          `mc-dropout: architecture "${architecture.name}" has no dropout layer`,
        );
      }
      return {
        ...ONE_PASS,
        compute: 'mc-dropout',
        options: { passes: method.passes },
        columns: ['msp'],
        cost: { forwards: method.passes, gradients: 0 },
      };
    case 'odin':
      return {
        compute: 'odin',
        splitOrder: 'permuted',
        pass: 'gradient',
        fit: 'none',
        candidates: method.magnitudes.flatMap((magnitude) =>
          method.temperatures.map((temperature): Candidate => ({ magnitude, temperature })),
        ),
        // The paper's code falls back to its last magnitude at temperature 1.
        fallbackCandidate: (method.magnitudes.length - 1) * method.temperatures.length,
        columns: ['softmax'],
        cost: { forwards: 1, gradients: 1 },
      };
    case 'mahalanobis':
      return { ...perLayer(layers, method.magnitudes), compute: 'mahalanobis', fit: 'train' };
    case 'fssd':
      if (method.preprocessing)
        return { ...perLayer(layers, method.magnitudes), compute: 'fssd', fit: 'noise' };
      return {
        ...ONE_PASS,
        compute: 'fssd',
        splitOrder: 'permuted',
        fit: 'noise',
        columns: layers,
        cost: { forwards: 1, gradients: 0 },
      };
  }
}

/** A gradient and a pass per layer, swept over magnitudes. */
function perLayer(layers: readonly string[], magnitudes: readonly number[]) {
  return {
    splitOrder: 'permuted',
    pass: 'gradient',
    candidates: magnitudes.map((magnitude): Candidate => ({ magnitude })),
    fallbackCandidate: magnitudes.length - 1,
    columns: layers,
    cost: { forwards: layers.length, gradients: layers.length },
  } as const;
}
