import type { FolderFormat } from '../folder-format.js';
import { idx } from './idx.js';
import { npz } from './npz.js';
import { safetensors } from './safetensors.js';

/** Every form of a user's folder, in the order in which they are looked for. A new one is one file of the same shape and one line here. */
export const FOLDER_FORMATS: readonly FolderFormat[] = [npz, safetensors, idx];
