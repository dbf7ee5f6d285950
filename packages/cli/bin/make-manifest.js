// Writes oclif.manifest.json, the list of commands that run.js reads instead of loading every command.
import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Plugin } from '@oclif/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
// Whole or not at all: commands may be running.
const [manifest, fresh] = ['', `.${process.pid}`].map(
  (end) => new URL(`../oclif.manifest.json${end}`, import.meta.url),
);
writeFileSync(fresh, JSON.stringify(plugin.manifest));
renameSync(fresh, manifest);
