import { randomBytes } from 'node:crypto';
import type { Environment } from './coordinator-options.js';

/** What comes within this time is one commit: a sync of the disk is shared by all of it. */
const GROUP_MS = 4;

/** Tokens of this process: none is that of another one, and none comes twice. */
const PROCESS = randomBytes(9).toString('base64url');
let tokens = 0;

/** The clocks, timers and randomness of this process. */
export const nodeEnvironment: Environment = {
  now: () => performance.now(),
  wallClock: () => new Date(),
  newToken: () => `${PROCESS}-${(tokens++).toString(36)}`,
  soon: (work) => {
    setTimeout(work, GROUP_MS);
  },
  later: (work, milliseconds) => {
    const timer = setTimeout(work, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
