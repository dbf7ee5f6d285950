export { workerEnvironment } from './backend/environment.js';
export { type NpyArray, parseNpy, writeNpy } from './formats/npy.js';
export { parseNpz, writeNpz } from './formats/npz.js';
export {
  parseSafetensors,
  type Safetensors,
  type TensorData,
  type TensorEntry,
  writeSafetensors,
} from './formats/safetensors.js';
export { ARCHITECTURES, type Architecture, type ArchitectureName } from './models/architectures.js';
