import { unpackDebian } from './debian.mjs';

const SLURM = ['slurmctld', 'slurmd', 'slurm-client', 'munge', 'shellcheck'];
const SSHFS = ['sshfs', 'openssh-sftp-server'];

/**
 * Fetches what the tests need of a cluster without Kubernetes, unpacked and not installed: Slurm's daemons and commands as Debian has them, and a file
 * system over the network. True when both were there.
 */
export async function unpackSlurm(cacheDir) {
  const hadSlurm = await unpackDebian(cacheDir, 'slurm-debian', SLURM);
  return (await unpackDebian(cacheDir, 'sshfs-debian', SSHFS)) && hadSlurm;
}
