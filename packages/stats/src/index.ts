export { NumpyRandomState } from './numpy-random.js';
export { type PhiloxKey, philox4x32, philoxWords } from './philox.js';
