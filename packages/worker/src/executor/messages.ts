import type { Digest, ErrorCode, WorkCounts, WorkSpec } from '@oodgrid/contract';
import type { FailureOrigin, WorkerInfo } from '@oodgrid/transport';

// Both ways, the messages of one turn go as one list.

/** Messages of the control process to an executor. Tasks are named by the token of their lease. */
export type ToExecutor =
  | { readonly kind: 'start'; readonly token: string; readonly task: WorkSpec }
  | { readonly kind: 'stop'; readonly token: string }
  /** There is room for more of the task's results. */
  | { readonly kind: 'ready'; readonly token: string };

/** Messages of an executor to the control process. */
export type FromExecutor =
  | { readonly kind: 'loaded'; readonly engine: WorkerInfo['engine']; readonly numericsClass: string }
  | {
      readonly kind: 'chunk';
      readonly token: string;
      readonly key: Digest;
      readonly offsetRows: number;
      readonly rows: number;
      readonly columns: number;
      readonly data: Float32Array;
      /** Whether the executor wants to hear `ready` for it. */
      readonly wantsReady: boolean;
    }
  | { readonly kind: 'progress'; readonly token: string; readonly work: WorkCounts }
  | {
      readonly kind: 'done';
      readonly token: string;
      readonly fitted: readonly { readonly key: Digest; readonly blob: Digest }[];
      readonly work: WorkCounts;
      readonly seconds: number;
      /** Of the model and the images that it read: how many were open from an earlier task. */
      readonly inputs: { readonly hits: number; readonly misses: number };
    }
  | {
      readonly kind: 'failed';
      readonly token: string;
      readonly code: ErrorCode;
      readonly message: string;
      readonly origin: FailureOrigin;
      /** The blob of the folder that is missing or damaged. */
      readonly blob: Digest | null;
    }
  /** It stopped the task, as it was told to. */
  | { readonly kind: 'stopped'; readonly token: string }
  /** Memory in use after a task, reported from time to time. */
  | ({ readonly kind: 'memory' } & ExecutorMemory);

/** Messages of an executor about one task. */
export type OfTask = Exclude<FromExecutor, { kind: 'loaded' | 'memory' }>;

/** Memory and tensors that an executor holds. */
export interface ExecutorMemory {
  readonly residentBytes: number;
  /** On the device. */
  readonly tensorBytes: number;
  readonly tensors: number;
}
