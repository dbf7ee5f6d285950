import { randomBytes } from 'node:crypto';
import type { Environment } from './coordinator-options.js';

/** What comes within this time is one commit: a sync of the disk is shared by all of it. */
const GROUP_MS = 4;

/** 120 random bits: none comes twice, and whoever has seen some cannot tell the next one. */
const TOKEN_BYTES = 15;

/** The clocks, timers and randomness of this process. */
export const nodeEnvironment: Environment = {
  now: () => performance.now(),
  wallClock: () => new Date(),
  newToken: () => randomBytes(TOKEN_BYTES).toString('base64url'),
  soon: (work) => {
    setTimeout(work, GROUP_MS);
  },
  later: (work, milliseconds) => {
    const timer = setTimeout(work, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
