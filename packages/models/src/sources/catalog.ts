import type { ModelSource } from '../model-source.js';
import { features } from './features.js';
import { safetensors } from './safetensors.js';

/** Every source that models come from. A new one is one file and one line here. */
export const MODEL_SOURCES: readonly ModelSource[] = [safetensors, features];
