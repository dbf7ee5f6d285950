import { join } from 'node:path';
import { goInstall } from './go-install.mjs';

const VERSION = '1.8.0';

/** Builds versitygw, an S3 server over a folder, from its source into the cache: for the tests. True when it was there. */
export const installVersitygw = (cacheDir) =>
  goInstall(
    `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`,
    join(cacheDir, 'servers', `versitygw-${VERSION}`),
  );
