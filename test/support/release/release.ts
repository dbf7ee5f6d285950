import { fileURLToPath } from 'node:url';

const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));

/**
 * Environment in which `ood-cli` is a release that speaks those wire versions. A former release cannot be built where tests run, since
 * they have no history, and a later one is not written yet; so this one says and accepts other numbers. That what is said under a number stays
 * readable is held by the check of the wire contract against `proto/baseline.binpb`.
 */
export const release = (oldest: number, newest: number): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--require=${PRELOAD}`,
  OODGRID_TEST_WIRE_VERSIONS: `${oldest} ${newest}`,
});
