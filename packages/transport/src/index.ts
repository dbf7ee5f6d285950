export { type BlobFileSystem, FolderBlobStore, nodeBlobFileSystem } from './blob/folder-blob-store.js';
export { connectWorker, type WorkerLink, type WorkerLinkHandler } from './grpc/connect-worker.js';
export { type GrpcServer, type GrpcService, serveGrpc } from './grpc/grpc-server.js';
export { splitChunk } from './grpc/wire-codec.js';
export { type WorkerServiceOptions, workerService } from './grpc/worker-service.js';
export { LocalTaskQueue } from './local/local-task-queue.js';
export {
  type BlobStore,
  type ChunkMessage,
  type CoordinatorMessage,
  type Delivery,
  type DoneMessage,
  type FailedMessage,
  type FittedMessage,
  type Hint,
  type LeaseRef,
  PROTOCOL_VERSION,
  type QueueMessage,
  type Registration,
  type ReliableMessage,
  type TaskPublisher,
  type WorkerHandler,
  type WorkerInfo,
  type WorkerMessage,
  type WorkerPeer,
} from './ports.js';
