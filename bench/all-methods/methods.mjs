import { METHODS, planMethod } from '../../packages/methods/dist/index.js';
import { factsOf, findArchitecture } from '../../packages/models/dist/index.js';

const lenet = findArchitecture('lenet');
const facts = factsOf(lenet, 'lenet', 10);
const places = { method: 'methods[0]', model: 'models[0]' };

/** What a sample costs, as the card says it, without the fit. */
const sampleCost = ({ card }) => (card.cost ?? '').split(';')[0];
const isLinear = (method) => !/gradient|pass|layers|\^2|\bN\b|\bM\b|\b100\b/.test(sampleCost(method));

/** Every method of one pass at its defaults, once for each arithmetic; those of several passes or other models are left out. */
export const forwardMethods = () =>
  METHODS.filter(({ models, arithmetic }) => models === undefined && arithmetic.passes === undefined)
    .map((method) => ({ method, plan: planMethod(method, {}, facts, places) }))
    .filter(({ plan }) => plan.pass === 'forward' && plan.fit !== 'images')
    .filter(({ method }) => method.arithmetic.fit === undefined || method.arithmetic.fit.on === 'train')
    .map(({ method, plan }) => ({
      name: plan.compute,
      plan,
      isLinear: isLinear(method),
      cost: sampleCost(method),
    }));
