import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NpyArray, writeNpz } from '@oodgrid/formats';
import { afterEach, beforeEach } from 'vitest';
import { loadFolderDataset } from '../../src/folder/folder-dataset.js';
import type { FolderReading } from '../../src/folder/folder-format.js';

export const reading: FolderReading = { inputs: [[4, 5, 3]], pixels: 'bytes', labels: 'needed' };

/** Reads one of the committed folders, which hold one data set in many forms. */
export const read = (name: string, own: Partial<FolderReading> = {}) =>
  loadFolderDataset(fileURLToPath(new URL(`../fixtures/disguises/${name}`, import.meta.url)), 'test', {
    ...reading,
    ...own,
  });

export const grey = { shape: [3, 2, 2], data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i) };

/** A folder of its own for each test. */
export class TestFolder {
  path = '';

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), 'oodgrid-disguise-'));
    });
    afterEach(() => rmSync(this.path, { recursive: true }));
  }

  /** Writes the arrays as the test split and reads it again. */
  written(arrays: Readonly<Record<string, NpyArray>>, own: Partial<FolderReading> = {}) {
    writeFileSync(join(this.path, 'test.npz'), writeNpz(new Map(Object.entries(arrays))));
    return loadFolderDataset(this.path, 'test', { ...reading, inputs: [[2, 2, 1]], ...own });
  }
}
