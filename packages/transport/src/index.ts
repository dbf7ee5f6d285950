export { type BlobFileSystem, FolderBlobStore, nodeBlobFileSystem } from './blob/folder-blob-store.js';
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
