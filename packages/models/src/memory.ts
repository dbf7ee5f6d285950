import type { ModelMemory } from '@oodgrid/contract';

/** An engine with nothing loaded, the models and splits that it keeps open, and what the allocator keeps. */
const BASE_BYTES = 1024 ** 3;
/** The file, its tensors, and those of the copy that bounds its values. */
const COPIES_OF_WEIGHTS = 3;
/** The trace of a batch, a moved batch's pass beside it, and the gradient on its way back. */
const PASSES_AT_ONCE = 2.5;

/** Resident bytes of an executor in a gradient task with batches of so many images, with room: for placement. */
export const executorBytes = ({ weightBytes, activationBytesPerImage }: ModelMemory, batch: number): number =>
  Math.ceil(BASE_BYTES + COPIES_OF_WEIGHTS * weightBytes + PASSES_AT_ONCE * batch * activationBytesPerImage);
