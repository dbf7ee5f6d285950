import { unpackDebian } from './debian.mjs';

/** Folder of the unpacked programs, below the cache's `servers`. */
export const SLURM_FOLDER = 'slurm-debian';

/** Slurm's controller, node daemon and commands as Debian has them, for the tests: unpacked, not installed. */
export const unpackSlurm = (cacheDir) =>
  unpackDebian(cacheDir, SLURM_FOLDER, ['slurmctld', 'slurmd', 'slurm-client', 'munge', 'shellcheck']);
