export { type BlobFileSystem, nodeBlobFileSystem } from './blob/blob-file-system.js';
export { blobService } from './blob/blob-service.js';
export { FolderBlobStore } from './blob/folder-blob-store.js';
export { RemoteBlobStore } from './blob/remote-blob-store.js';
export { connectWorker, type WorkerLink, type WorkerLinkHandler } from './grpc/connect-worker.js';
export { GRPC_OPTIONS, type GrpcServer, type GrpcService, serveGrpc } from './grpc/grpc-server.js';
export { fromGrpcStatus, grpcStatus } from './grpc/grpc-status.js';
export { splitChunk } from './grpc/split-chunk.js';
export { type WorkerServiceOptions, workerService } from './grpc/worker-service.js';
export { NatsHints, type NatsHintsOptions } from './nats/nats-hints.js';
export { NatsPublisher, type NatsPublisherOptions } from './nats/nats-publisher.js';
export { shareDelivery } from './nats/shared-delivery.js';
export {
  type BlobStore,
  bundleLimit,
  type ChunkMessage,
  type CoordinatorMessage,
  type Delivery,
  type DoneMessage,
  type FailedMessage,
  type FailureOrigin,
  type FittedMessage,
  type Hint,
  type HintSource,
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
