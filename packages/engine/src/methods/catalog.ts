import type { GridMethodName } from '@oodgrid/protocol';

/** What `ood-cli methods` says of a method that a grid may name. */
export interface MethodCard {
  readonly name: GridMethodName;
  readonly title: string;
  readonly reference: string;
  readonly score: string;
  /** Arithmetic in the engine's table; rows of one arithmetic share their passes. */
  readonly compute: string;
  readonly needs: string;
  readonly options: Readonly<Record<string, string>>;
}

const magnitudes = 'step sizes to choose from, in the order in which ties are won';

export const METHOD_CARDS: readonly MethodCard[] = [
  {
    name: 'baseline',
    title: 'Baseline (MSP)',
    reference: 'Hendrycks & Gimpel 2017, arXiv:1610.02136',
    score: 'max softmax(z)',
    compute: 'msp',
    needs: 'one forward pass',
    options: {},
  },
  {
    name: 'odin',
    title: 'ODIN',
    reference: 'Liang, Li & Srikant 2018, arXiv:1706.02690',
    score: "max softmax(z(x') / T), x' = x - magnitude * sign(gradient) / std",
    compute: 'odin',
    needs: 'a gradient per temperature and a forward pass per setting',
    options: { magnitudes, temperatures: 'softmax temperatures to choose from' },
  },
  {
    name: 'mahalanobis',
    title: 'Mahalanobis',
    reference: 'Lee et al. 2018, arXiv:1807.03888',
    score: "per layer: max over classes of -1/2 (f - mu)' P (f - mu), combined by a logistic regression",
    compute: 'mahalanobis',
    needs: 'class means and a tied covariance of the ID train set; a gradient and a pass per layer',
    options: { magnitudes },
  },
  {
    name: 'deep-ensemble',
    title: 'Deep Ensemble',
    reference: 'Lakshminarayanan et al. 2017, arXiv:1612.01474',
    score: "mean over members of each member's max softmax",
    compute: 'msp',
    needs: 'one forward pass per member',
    options: { members: 'models of the ensemble: names or {name, architecture, weights}' },
  },
  {
    name: 'mc-dropout',
    title: 'MC-dropout',
    reference: 'Gal & Ghahramani 2016, arXiv:1506.02142',
    score: 'max of the mean softmax over stochastic passes',
    compute: 'mc-dropout',
    needs: 'a model with dropout; what lies before the first dropout runs once',
    options: { passes: 'stochastic passes per sample (32)' },
  },
  {
    name: 'outlier-exposure',
    title: 'Outlier Exposure',
    reference: 'Hendrycks, Mazeika & Dietterich 2019, arXiv:1812.04606',
    score: 'max softmax(z) of a model trained with outliers',
    compute: 'msp',
    needs: 'one forward pass of that model',
    options: { model: 'the model trained with outliers: a name or {name, architecture, weights}' },
  },
  {
    name: 'fssd',
    title: 'FSSD',
    reference: 'Huang et al. 2020, arXiv:2011.14654',
    score: 'per layer: ||f - F||, F the mean feature of noise images, combined by a logistic regression',
    compute: 'fssd',
    needs: 'features of noise images; with preprocessing a gradient and a pass per layer',
    options: {
      preprocessing: 'move the input along the gradient first (true)',
      magnitudes,
      noise: '"paper", {npz: file} or {seed: number}',
    },
  },
];
