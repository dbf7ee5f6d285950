import { resolve } from 'node:path';
import { cacheDir } from '../engine/recipe.mjs';
import { ROOT } from '../setup.mjs';
import { PARTS } from './layout.mjs';
import { makeImage } from './make-image.mjs';

// `node scripts/image/make.mjs coordinator DIR`: the files of an image, all of them, in a folder that is not there yet. The Dockerfiles
// call it, and so does a test, which runs the product from that folder alone.
const [part = '', into] = process.argv.slice(2);
if (!(part in PARTS) || into === undefined) {
  process.stderr.write(`usage: node scripts/image/make.mjs ${Object.keys(PARTS).join('|')} DIR\n`);
  process.exitCode = 2;
} else {
  const { bytes, components } = await makeImage(part, resolve(into), { root: ROOT, cache: cacheDir() });
  process.stdout.write(
    `${part}: ${Math.round(bytes / 1e6)} MB in ${resolve(into)}, ${components} components\n`,
  );
}
