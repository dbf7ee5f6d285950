export { validationSet } from './evaluation.js';
export { pathText } from './finding.js';
export { scoresFileOf } from './given-scores.js';
export { gridJsonSchema } from './json-schema.js';
export { modelsOf, type NamedModel } from './models-of.js';
export { type KnownNames, parseGrid } from './parse.js';
export {
  type DatasetReference,
  type FolderReference,
  type Grid,
  type GridMethod,
  gridSchema,
  isFolder,
  isImageless,
  isSynthetic,
  rowKey,
  type SyntheticReference,
} from './schema.js';
