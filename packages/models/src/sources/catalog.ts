import type { ModelSource } from '../model-source.js';
import { safetensors } from './safetensors.js';

/** Every source of models. A new one is one file of the same shape and one line here. */
const MODEL_SOURCES: readonly ModelSource[] = [safetensors];

export const listModelSources = (): readonly ModelSource[] => MODEL_SOURCES;
