export { type ShutdownSource, shutdownSignal } from './shutdown.js';
