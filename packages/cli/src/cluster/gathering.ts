/** Workers that are started together are there within this time, and have a numerics class chosen among them. */
export const GATHER_MS = 2000;

/** A worker that ended sooner could be gone before its coordinator has begun to hand out tasks. */
export const MIN_IDLE_SECONDS = 5;
