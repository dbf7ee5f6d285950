import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { ROOT } from '../support/cli.js';

/** Whom images run as. */
const USER = 65532;
/** By their paths: what is started has no PATH. */
const [UNSHARE, CHROOT] = ['/usr/bin/unshare', '/usr/sbin/chroot'];

/** The files of an image in a folder, and how they are run: by nobody, with nothing else at hand. */
export class ImageRoot {
  readonly folder: string;
  /** Whether it is the root of what is started, as in a container: that needs the right to make it that. */
  readonly #isItsRoot: boolean;

  private constructor(folder: string, isItsRoot: boolean) {
    this.folder = folder;
    this.#isItsRoot = isItsRoot;
  }

  static async make(part: string, folder: string): Promise<ImageRoot> {
    await execa(process.execPath, [join(ROOT, 'scripts', 'image', 'make.mjs'), part, folder]);
    return new ImageRoot(folder, await makeDevices(folder));
  }

  /** A path of the image as its programs see it. */
  path(inImage: string): string {
    return this.#isItsRoot ? `/${inImage}` : join(this.folder, inImage);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>>) {
    const command = [
      this.path('usr/local/bin/node'),
      this.path('opt/ood-grid/packages/cli/bin/run.js'),
      ...args,
    ];
    const [program = '', ...rest] = this.#isItsRoot
      ? [
          UNSHARE,
          '--mount',
          `--mount-proc=${join(this.folder, 'proc')}`,
          CHROOT,
          `--userspec=${USER}:${USER}`,
          this.folder,
          ...command,
        ]
      : command;
    return execa(program, rest, {
      // No PATH: whatever would start another program fails.
      env: { NODE_ENV: 'production', HOME: this.path('nonexistent'), ...env },
      extendEnv: false,
      cwd: '/',
      ...(process.getuid?.() === 0 && !this.#isItsRoot ? { uid: USER, gid: USER } : {}),
      stdin: 'ignore',
      reject: false,
    });
  }

  /** Every file, by its path in the image. */
  files(under = ''): { readonly path: string; readonly bytes: number; readonly isProgram: boolean }[] {
    return readdirSync(join(this.folder, under), { withFileTypes: true }).flatMap((entry) => {
      const path = join(under, entry.name);
      if (entry.isDirectory()) return this.files(path);
      const { size, mode } = lstatSync(join(this.folder, path));
      return entry.isFile() ? [{ path, bytes: size, isProgram: (mode & 0o111) !== 0 }] : [];
    });
  }

  remove(): void {
    const open = (folder: string) => {
      chmodSync(folder, 0o755);
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) open(join(folder, entry.name));
    };
    open(this.folder);
    rmSync(this.folder, { recursive: true });
  }
}

const DEVICES = { null: 3, zero: 5, random: 8, urandom: 9 };

/** Makes the devices and the /proc that every container has. Returns false without the right to make them: only root has it. */
async function makeDevices(folder: string): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  chmodSync(folder, 0o755);
  for (const name of ['dev', 'proc']) mkdirSync(join(folder, name));
  for (const [name, minor] of Object.entries(DEVICES)) {
    const { exitCode } = await execa(
      'mknod',
      ['-m', '666', join(folder, 'dev', name), 'c', '1', String(minor)],
      { reject: false },
    );
    if (exitCode !== 0) return false;
  }
  chmodSync(folder, 0o555);
  const mounted = await execa(UNSHARE, ['--mount', `--mount-proc=${join(folder, 'proc')}`, 'true'], {
    reject: false,
  });
  return mounted.exitCode === 0;
}
