export { ClusterClient } from './cluster/cluster-client.js';
export { freePort } from './cluster/free-port.js';
export { findNatsServer, startNatsServer } from './cluster/nats-server.js';
export { blobsDir, type CliContext, cliContext } from './context.js';
export { readGrid } from './grid/read-grid.js';
export { resolveGrid } from './grid/resolve-grid.js';
export { type LocalRunOptions, runLocally } from './local/run-locally.js';
export { OUTPUT_SCHEMAS, schemaFiles } from './output/json-schemas.js';
export { writeRun } from './output/write-run.js';
