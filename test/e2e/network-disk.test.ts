import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { execa } from 'execa';
import { cliContext } from 'ood-cli';
import { expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';
import { skipWhen } from '../support/without.js';

const root = join(cliContext([]).cacheDir, 'servers', 'sshfs-debian');
const cache = testCache();

/** Why nothing can be mounted here; undefined when it can. */
function whyNoMount(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/dev/fuse')) return 'mounting needs root and /dev/fuse';
  if (!existsSync(join(root, 'usr/bin/sshfs'))) return 'the set-up found no sshfs: it is that of Debian 12';
  return undefined;
}
skipWhen(whyNoMount);

it('a store on a real sshfs is refused, and nothing is written there', async () => {
  const [remote, mounted] = [join(cache.folder, 'remote'), join(cache.folder, 'mounted here')];
  mkdirSync(remote);
  mkdirSync(mounted);
  const libraries = ['lib', 'usr/lib'].map((name) => join(root, name, 'x86_64-linux-gnu')).join(':');
  const env = { LD_LIBRARY_PATH: libraries, PATH: `${join(root, 'bin')}:${process.env.PATH ?? ''}` };
  // The server that ssh would start on the other side.
  const ssh = join(cache.folder, 'ssh');
  writeFileSync(ssh, `#!/bin/sh\nexec ${join(root, 'usr/lib/openssh/sftp-server')}\n`, { mode: 0o755 });
  await execa(join(root, 'usr/bin/sshfs'), ['-o', `ssh_command=${ssh}`, `localhost:${remote}`, mounted], {
    env,
  });
  try {
    const store = join(mounted, 'store');
    const { code, stderr } = await oodCli(
      ['serve', '--nats', 'none', '--listen', '127.0.0.1:0', '--store', store],
      { OODGRID_CACHE: cache.cacheDir },
    );
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(stderr).toMatch(/cannot lie on fuse\.sshfs.*give a --store on a disk of this machine/);
    expect(existsSync(join(remote, 'store', 'store.db'))).toBe(false);
  } finally {
    await execa('umount', [mounted]);
  }
}, 60_000);
