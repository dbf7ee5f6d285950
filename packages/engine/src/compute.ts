// The entry of @oodgrid/engine that loads a tensor library; the package's main entry does not.
export { loadMethodModule } from '@oodgrid/methods';
export { registerModelSource } from '@oodgrid/models';
export { type Engine, type EngineOptions, loadEngine } from './backend/engine.js';
export { portableKernels } from './backend/portable-kernels.js';
export { tf } from './backend/tensors.js';
export { executeTask, type TaskOutcome } from './executor/execute-task.js';
export type { FittedUnit } from './executor/fit-task.js';
export { type InputCounts, type InputLimits, TaskInputs } from './executor/task-inputs.js';
export type { Chunk, TaskIo } from './executor/task-io.js';
