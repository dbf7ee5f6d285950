// The entry of @oodgrid/contract for those who speak gRPC: code generated from proto/.
export * from './gen/oodgrid/v1/client.js';
export {
  type CreateTokenRequest,
  type CreateTokenResponse,
  type RevokeTokenRequest,
  TokenServiceClient,
  TokenServiceService,
  type TokenSummary,
} from './gen/oodgrid/v1/token.js';
export * as worker from './gen/oodgrid/v1/worker.js';
export {
  type ConnectRequest,
  type ConnectResponse,
  FailureOrigin,
  WorkerServiceClient,
  WorkerServiceService,
} from './gen/oodgrid/v1/worker.js';
