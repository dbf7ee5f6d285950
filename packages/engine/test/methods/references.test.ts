import { beforeAll, it } from 'vitest';
import { nativeEngine } from '../support/engine.js';
import { expectReferenceScores } from '../support/reference.js';

beforeAll(async () => {
  await nativeEngine();
});

// Of methods whose values a script of their name in `reference/` computes, in float64 and by another library; what they differ by is float32
// rounding of sums of a dozen products, as the method magnifies it.
it.each([
  ['max-logit', 1e-6],
  ['kl-matching', 1e-5],
  ['react', 1e-5],
  ['dice', 1e-5],
  ['ash', 1e-5],
  ['scale', 1e-5],
  ['relative-mahalanobis', 1e-4],
  ['fdbd', 1e-5],
  ['nnguide', 1e-5],
  ['gradnorm', 1e-5],
  ['entropy', 1e-5],
  ['doctor', 1e-5],
  ['softmax-margin', 1e-5],
  ['logit-gap', 1e-5],
  ['negative-aware-norm', 1e-5],
  ['lts', 1e-5],
  ['gradient-uncertainty', 1e-5],
  ['cosine', 1e-5],
  ['relative-cosine', 1e-5],
  ['cosine-softmax', 1e-5],
  ['mahalanobis-plus-plus', 1e-4],
  ['relative-mahalanobis-plus-plus', 1e-4],
  ['gem', 1e-4],
  ['caref', 1e-5],
  ['cadref', 1e-4],
  ['neco', 1e-5],
  ['cop', 1e-5],
  ['optfs', 1e-4],
  ['ora', 1e-5],
  ['pnml', 1e-5],
  ['igeood', 1e-5],
  ['bats', 1e-5],
  ['ras', 1e-5],
  ['feature-norm', 1e-5],
  ['sirc', 1e-5],
  ['wdiscood', 1e-4],
  ['ddu', 1e-4],
  ['nac', 1e-5],
  ['trust-score', 1e-5],
  ['neighbour-agreement', 1e-6],
  ['lof', 1e-5],
  ['cfood', 1e-6],
  ['cop-fusion', 1e-5],
  ['actsub', 1e-4],
  ['ssd', 1e-4],
  ['weiper', 1e-5],
  ['projection', 1e-5],
  ['line', 1e-5],
  ['corp', 1e-5],
  ['gen', 1e-5],
  ['gen-residual', 1e-5],
  ['residual', 1e-5],
  ['she', 1e-5],
  ['nci', 1e-5],
  ['relation', 1e-5],
  ['vra', 1e-5],
  ['mds', 1e-4],
  ['openmax', 1e-5],
  ['mc-dropout-entropy', 1e-5],
  ['mc-dropout-mutual-information', 1e-5],
])('%s has the scores of its script', (method, tolerance) => {
  expectReferenceScores(method, tolerance);
});
