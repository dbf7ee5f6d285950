import { homedir } from 'node:os';
import { join } from 'node:path';

/** Bump when the way of building changes: an engine built the old way is then built again. */
const RECIPE = 1;
export const TENSORFLOW = '2.20.0';
const TFJS = '4.22.0';

/** Wheels by platform: PyPI project, platform tag and SHA-256 of the file (absent where it was never fetched by us). */
const WHEELS = {
  'linux-x64': {
    project: 'tensorflow-cpu',
    tag: 'manylinux_2_17_x86_64',
    sha256: 'cf756bbe2d256e942ab5d0ad2c858fb40017581494febdb4387c149b1afde780',
  },
  'linux-arm64': { project: 'tensorflow', tag: 'manylinux_2_17_aarch64' },
  'darwin-arm64': { project: 'tensorflow', tag: 'macosx_12_0_arm64' },
};

/** Folder of everything that outlives a checkout: engines, data sets, blobs, cached scores. */
export function cacheDir(env = process.env) {
  return env.OODGRID_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ood-grid');
}

/** Returns the downloads and build steps for a platform; undefined where no wheel exists. */
export function recipeFor(platform, arch) {
  const wheel = WHEELS[`${platform}-${arch}`];
  if (wheel === undefined) return undefined;
  const isMac = platform === 'darwin';
  return {
    ...wheel,
    key: `tensorflow-${TENSORFLOW}-cpu-${platform}-${arch}-tfjs-${TFJS}-r${RECIPE}`,
    libraries: isMac
      ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
      : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'],
    linkFlags: isMac ? ['-Wl,-rpath,@loader_path', '-undefined', 'dynamic_lookup'] : ['-Wl,-rpath,$ORIGIN'],
  };
}
