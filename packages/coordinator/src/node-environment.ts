import { randomUUID } from 'node:crypto';
import type { Environment } from './coordinator-options.js';

/** Milliseconds in which writes are gathered into one commit, so that they share one sync of the disk. */
const GROUP_MS = 4;

/** The clocks, timers and randomness of this process. */
export const nodeEnvironment: Environment = {
  now: () => performance.now(),
  wallClock: () => new Date(),
  // 122 random bits, from a pool: none comes twice, and whoever has seen some cannot tell the next one.
  newToken: randomUUID,
  soon: (work) => {
    setTimeout(work, GROUP_MS);
  },
  later: (work, milliseconds) => {
    const timer = setTimeout(work, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
