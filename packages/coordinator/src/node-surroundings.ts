import { randomBytes } from 'node:crypto';
import type { Surroundings } from './coordinator.js';

/** What comes within this time is one commit: a sync of the disk is shared by all of it. */
const GROUP_MS = 4;

/** Tokens of this process: none is that of another one, and none comes twice. */
const PROCESS = randomBytes(9).toString('base64url');
let tokens = 0;

/** Time and chance as they are. */
export const nodeSurroundings: Surroundings = {
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
