import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { requireLocalDisk } from '../../src/output/local-disk.js';

const FUSE = 0x65735546;
const MOUNTS = `22 1 254:0 / / rw shared:1 - ext4 /dev/root rw
40 22 0:50 / /home/my\\040lab rw - fuse.sshfs lab:/home rw
41 22 0:51 / /home/my\\040lab/local rw - fuse.fuse-overlayfs overlay rw
42 22 0:52 / /data rw - fuse.fuse-overlayfs overlay rw
43 22 0:53 / /data rw - fuse.s3fs bucket rw
`;
const on = (type: number) => ({ type: async () => type, mounts: async () => MOUNTS });

describe('the folder of a coordinator’s store', () => {
  it.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    // As some systems give it.
    [0xff534d42 | 0, 'CIFS'],
    [0x0bd00bd0, 'Lustre'],
    [0x47504653, 'GPFS'],
    [0x00c36400, 'CephFS'],
  ])('of type %i is refused as %s, with the way out', async (type, name) => {
    await expect(requireLocalDisk('/home/me/store', on(type))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(
        new RegExp(`^/home/me/store: .* on ${name},.*--store on a disk of this machine.*ood-cli backup`),
      ),
    });
  });

  it.each([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630])('of type %i is taken', async (type) => {
    await expect(requireLocalDisk('/x', on(type))).resolves.toBeUndefined();
  });

  it('on FUSE is judged by what is mounted there', async () => {
    const refused = (folder: string) => expect(requireLocalDisk(folder, on(FUSE))).rejects;
    await refused('/home/my lab/store').toThrow(/fuse\.sshfs/);
    await refused('/data/store').toThrow(/fuse\.s3fs/);
    await expect(requireLocalDisk('/home/my lab/local/store', on(FUSE))).resolves.toBeUndefined();
    await expect(requireLocalDisk('/elsewhere', on(FUSE))).resolves.toBeUndefined();
  });

  it('of this machine’s own temporary folder is taken', async () => {
    await expect(requireLocalDisk(tmpdir())).resolves.toBeUndefined();
  });
});
