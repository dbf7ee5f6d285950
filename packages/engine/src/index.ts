export { workerEnvironment } from './backend/environment.js';
export { METHOD_CARDS, type MethodCard } from './methods/catalog.js';
export { methodPlan } from './methods/method-plan.js';
