export type { AuditEntry } from './access/audit-entry.js';
export { type Authenticator, type Caller, OPEN_TO_ALL } from './access/caller.js';
export { type Endpoint, endpoint, endpointOf } from './access/endpoint.js';
export { isLoopback } from './access/loopback.js';
export { ROLES, type Role } from './access/role.js';
export { isRpcPath, mayCall, RPC_RULES, type RpcPath } from './access/rpc-rules.js';
export { readSecretFile } from './access/secret-file.js';
export { hashToken, makeToken, parseToken } from './access/token.js';
export { TokenFile } from './access/token-file.js';
export { type BlobFileSystem, nodeBlobFileSystem } from './blob/blob-file-system.js';
export { blobService } from './blob/blob-service.js';
export { FolderBlobStore } from './blob/folder-blob-store.js';
export { RemoteBlobStore } from './blob/remote-blob-store.js';
export { S3BlobStore } from './blob/s3-blob-store.js';
export { connectWorker, type WorkerLink, type WorkerLinkHandler } from './grpc/connect-worker.js';
export type { ConnectionLimits } from './grpc/connection-guard.js';
export { connectionLimits, openFilesLimit } from './grpc/connection-limits.js';
export {
  GRPC_OPTIONS,
  type GrpcServer,
  type GrpcService,
  type ServeOptions,
  serveGrpc,
} from './grpc/grpc-server.js';
export { fromGrpcStatus, grpcStatus } from './grpc/grpc-status.js';
export { splitChunk } from './grpc/split-chunk.js';
export { unary } from './grpc/unary.js';
export { type WorkerServiceOptions, workerService } from './grpc/worker-service.js';
export { makeNkey } from './nats/make-nkey.js';
export { NatsHints, type NatsHintsOptions } from './nats/nats-hints.js';
export { type NatsSecurity, OPEN_NATS } from './nats/nats-identity.js';
export { NatsPublisher, type NatsPublisherOptions } from './nats/nats-publisher.js';
export {
  coordinatorPermissions,
  type NatsPermissions,
  type NatsServerConfig,
  type NatsUser,
  natsServerConfig,
  workerPermissions,
} from './nats/server-config.js';
export { shareDelivery } from './nats/shared-delivery.js';
export {
  type BlobStore,
  bundleLimit,
  type CentralBlobStore,
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
  type QueueMessage,
  type Registration,
  type ReliableMessage,
  type TaskPublisher,
  type WorkerHandler,
  type WorkerInfo,
  type WorkerMessage,
  type WorkerPeer,
} from './ports.js';
export { S3Bucket } from './s3/s3-bucket.js';
export { type S3Environment, s3Credentials } from './s3/s3-credentials.js';
export { isS3Location, parseS3Location } from './s3/s3-location.js';
export { s3Settings } from './s3/s3-settings.js';
export { CertificateFiles, type TlsFiles } from './tls/certificate-files.js';
export { clientTls, serverTls } from './tls/tls-credentials.js';
export {
  isWireVersionSpoken,
  OLDEST_WIRE_VERSION,
  WIRE_VERSION,
  wireVersionRefusal,
} from './wire-version.js';
