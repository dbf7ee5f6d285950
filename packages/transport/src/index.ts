export { type BlobFileSystem, FolderBlobStore, nodeBlobFileSystem } from './blob/folder-blob-store.js';
export { connectWorker, type WorkerConnection, type WorkerConnectionOptions } from './grpc/connect-worker.js';
export { serveWorkers, type WorkerServer } from './grpc/serve-workers.js';
export { LocalQueue } from './local/local-queue.js';
export type {
  Assignment,
  BlobStore,
  ChunkMessage,
  DoneMessage,
  FailedMessage,
  FittedMessage,
  Lease,
  LeaseRef,
  ProgressMessage,
  Reporter,
  TaskQueue,
  WorkerHandler,
  WorkerInfo,
  WorkerMessage,
} from './ports.js';
