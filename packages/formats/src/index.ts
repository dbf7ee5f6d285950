export {
  type ArrayType,
  describeArrays,
  entriesOf,
  type ListedArray,
  type NumberArray,
  type NumericArray,
  type ShapeCheck,
} from './array-types.js';
export { channelsLast } from './channels-last.js';
export { parseCifarBinary } from './cifar-binary.js';
export { parseIdx } from './idx.js';
export { parseMat5 } from './mat5.js';
export { type NpyArray, parseNpy, writeNpy } from './npy.js';
export { openNpz, parseNpz, writeNpz } from './npz.js';
export { isParquet, openParquet, type ParquetFile } from './parquet.js';
export { readRegularFile } from './read-regular-file.js';
export {
  openSafetensors,
  parseSafetensors,
  type Safetensors,
  type StoredTensor,
  type TensorData,
  type TensorEntry,
  writeSafetensors,
} from './safetensors.js';
export { isTorchCheckpoint, openTorchCheckpoint } from './torch/checkpoint.js';
