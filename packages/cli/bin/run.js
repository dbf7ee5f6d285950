#!/usr/bin/env node
import { rmSync, statSync } from 'node:fs';
import { execute } from '@oclif/core';

const list = new URL('../oclif.manifest.json', import.meta.url);
const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
// With the list of commands (make-manifest.js) only the command that was asked for is loaded. A list from before the
// last compilation may lack commands; without it they are read from their files.
if (timeOf(list) < timeOf(new URL('../dist/.tsbuildinfo', import.meta.url))) rmSync(list, { force: true });

await execute({ dir: import.meta.url });
