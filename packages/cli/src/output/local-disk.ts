import { readFile, statfs } from 'node:fs/promises';
import { OodError } from '@oodgrid/contract';

/** File systems of several machines, by the number that Linux knows them by (statfs(2), linux/magic.h). */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x00c36400, 'CephFS'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'kAFS'],
  [0x20030528, 'OrangeFS'],
  [0xaad7aaea, 'PanFS'],
  [0x7461636f, 'OCFS2'],
  [0x01161970, 'GFS2'],
  [0x73757245, 'Coda'],
  [0x01021997, '9p'],
]);
const FUSE = 0x65735546;
/** Those of FUSE that keep their files on this machine are as good as any. */
const NETWORK_FUSE =
  /^fuse(?:blk)?\.(sshfs|s3fs|gcsfuse|goofys|glusterfs|ceph|cvmfs\w*|rclone|juicefs|mfs|moosefs|lizardfs|curlftpfs|davfs\w*|blobfuse\w*|mountpoint-s3|weed|seaweedfs|beegfs|nfs\w*)$/i;

/** Facts about a file system, as the operating system reports them. */
export interface FileSystemSight {
  /** Number of the type of the file system that a folder lies on. */
  type(folder: string): Promise<number>;
  /** The file systems that are mounted, as `/proc/self/mountinfo` lists them; empty where there is no such list. */
  mounts(): Promise<string>;
}

const thisSystem: FileSystemSight = {
  type: async (folder) => (await statfs(folder)).type,
  mounts: () => readFile('/proc/self/mountinfo', 'utf8').catch(() => ''),
};

/**
 * Throws `invalid-input` where a folder that is there lies on a file system of several machines: SQLite's locks and its shared memory
 * do not work there, so that a store is lost without a word.
 */
export async function requireLocalDisk(folder: string, sight: FileSystemSight = thisSystem): Promise<void> {
  // A 32-bit number that some systems give with a sign.
  const type = (await sight.type(folder)) >>> 0;
  const name = type === FUSE ? networkFuse(folder, await sight.mounts()) : NETWORK_TYPES.get(type);
  if (name === undefined) return;
  throw new OodError(
    'invalid-input',
    `${folder}: the coordinator's store cannot lie on ${name}, a file system of several machines: SQLite's locks do not hold there, and its journal would be damaged sooner or later; give a --store on a disk of this machine, such as /var/tmp/ood-grid, and copy it to ${folder} with "ood-cli backup"`,
  );
}

/** The kind of FUSE that a folder lies on, where that is one of several machines. */
function networkFuse(folder: string, mounts: string): string | undefined {
  let best: { readonly point: string; readonly kind: string } | undefined;
  for (const line of mounts.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = (before.split(' ')[4] ?? '').replaceAll(/\\(\d{3})/g, (_all, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const isAbove = folder === point || folder.startsWith(point.endsWith('/') ? point : `${point}/`);
    // A later mount of the same place hides the former.
    if (point === '' || !isAbove || (best !== undefined && point.length < best.point.length)) continue;
    best = { point, kind: after.split(' ')[0] ?? '' };
  }
  return best !== undefined && NETWORK_FUSE.test(best.kind) ? best.kind : undefined;
}
