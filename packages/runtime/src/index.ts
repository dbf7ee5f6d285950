export { type OutputStreams, surviveLostStreams } from './lost-streams.js';
export {
  endIfStopped,
  type ShutdownSource,
  Stopped,
  shutdownSignal,
  unlessStopped,
} from './shutdown.js';
