import { randomBytes } from 'node:crypto';
import type { Surroundings } from './coordinator.js';

/** Time and chance as they are. */
export const nodeSurroundings: Surroundings = {
  now: () => performance.now(),
  wallClock: () => new Date(),
  newToken: () => randomBytes(9).toString('base64url'),
  soon: (work) => {
    setImmediate(work);
  },
  later: (work, milliseconds) => {
    const timer = setTimeout(work, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
