// The entry of @oodgrid/protocol for those who speak gRPC: code generated from proto/.
export {
  type Assignment,
  type Chunk,
  ConnectRequest,
  ConnectResponse,
  type LeaseRef,
  type Refused,
  WorkerServiceClient,
  type WorkerServiceServer,
  WorkerServiceService,
} from './gen/oodgrid/v1/worker.js';
