import { join } from 'node:path';
import { goInstall } from './go-install.mjs';

/** Debian's is too old: work queues as we use them need 2.11. */
const VERSION = '2.11.0';

/** Builds nats-server from its source into the cache. True when it was there. */
export const installNatsServer = (cacheDir) =>
  goInstall(
    `github.com/nats-io/nats-server/v2@v${VERSION}`,
    join(cacheDir, 'servers', `nats-server-${VERSION}`),
  );
