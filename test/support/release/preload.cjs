// Preloaded into a process and all that it starts (--require in NODE_OPTIONS): it speaks the wire versions that
// $OODGRID_TEST_WIRE_VERSIONS names, the oldest and the newest.
const nodeModule = require('node:module');
const { pathToFileURL } = require('node:url');

nodeModule.register('./hooks.mjs', {
  parentURL: pathToFileURL(__filename),
  data: process.env.OODGRID_TEST_WIRE_VERSIONS,
});
