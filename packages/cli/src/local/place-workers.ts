import { availableParallelism, totalmem } from 'node:os';
import { byteSize } from '../output/byte-size.js';

/** Cores and memory available to the executors of a local run. */
export interface Machine {
  readonly cores: number;
  /** Memory that nobody uses, within the limit of this process's container where it has one. */
  readonly availableBytes: number;
  readonly totalBytes: number;
  readonly isLimited: boolean;
}

/** This machine, or as much of it as this process's control group leaves. */
export function thisMachine(
  limitBytes = process.constrainedMemory(),
  availableBytes = process.availableMemory(),
): Machine {
  // Without a limit it is 0, or more than any machine has.
  const isLimited = limitBytes > 0 && limitBytes < totalmem();
  return {
    cores: availableParallelism(),
    availableBytes,
    totalBytes: isLimited ? limitBytes : totalmem(),
    isLimited,
  };
}

/** `3.1 GiB of 4 GiB memory (the container's limit) available` */
export function memoryText({ availableBytes, totalBytes, isLimited }: Machine): string {
  const limit = isLimited ? " (the container's limit)" : '';
  return `${byteSize(availableBytes)} of ${byteSize(totalBytes)} memory${limit} available`;
}

/** The number of executors of a local run, and their memory. */
export interface Placement {
  readonly workers: number;
  /** Bytes that the running tasks may take together: the available memory, but at least what the largest task needs. Other tasks wait. */
  readonly taskMemoryBytes: number;
  /** Why so many, for people. */
  readonly reason: string;
  /** Whether all of them at once would need more memory than there is. */
  readonly isTight: boolean;
}

/**
 * One executor per core, as far as memory reaches when each computes the largest model; at least one. What is asked
 * for is given. `memoryBytes`: what an executor needs for each model, by its name.
 */
export function placeWorkers(
  memoryBytes: Readonly<Record<string, number>>,
  asked: number | undefined,
  machine: Machine = thisMachine(),
): Placement {
  const [largest, bytes] = Object.entries(memoryBytes).reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
  const fitting = bytes === 0 ? machine.cores : Math.floor(machine.availableBytes / bytes);
  const workers = asked ?? Math.max(1, Math.min(machine.cores, fitting));
  const taskMemoryBytes = Math.max(bytes, machine.availableBytes);
  const isTight = fitting < workers;
  const placed = { workers, taskMemoryBytes, isTight };
  const need = `model "${largest}" takes ${byteSize(bytes)} in each, and ${memoryText(machine)}`;
  if (isTight && fitting === 0) return { ...placed, reason: `which may be too many: ${need}` };
  if (isTight) return { ...placed, reason: `of which at most ${fitting} compute it at once: ${need}` };
  if (asked !== undefined) return { ...placed, reason: 'as asked for' };
  if (workers === machine.cores) return { ...placed, reason: 'one per core' };
  return { ...placed, reason: `not one for each of ${machine.cores} cores: ${need}` };
}
