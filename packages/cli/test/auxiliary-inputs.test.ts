import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpz } from '@oodgrid/formats';
import { factsOf, listArchitectures } from '@oodgrid/models';
import { FolderBlobStore } from '@oodgrid/transport';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cliContext } from '../src/context.js';
import { resolveDataset } from '../src/grid/resolve-datasets.js';
import { SplitValues } from '../src/grid/split-values.js';
import { DataInspector } from '../src/inspect/data-inspector.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-inputs-'));
  mkdirSync(join(folder, 'grey'));
  const images = { shape: [4, 28, 28], data: new Uint8Array(4 * 784) };
  writeFileSync(join(folder, 'grey', 'test.npz'), writeNpz(new Map([['images', images]])));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a data set must fit the members of ensembles too, which compute rows, and that is told before anything runs', async () => {
  const [grey, colour] = [1, 3].map((channels) =>
    listArchitectures().find(({ input }) => input[2] === channels),
  );
  if (grey === undefined || colour === undefined) throw new Error('no such architectures');
  const resolve = (member: typeof grey) =>
    resolveDataset(
      'grey',
      { dir: './grey' },
      { isId: false, isFittedOn: false, pixels: 'bytes' },
      {
        context: { ...cliContext([]), log: () => undefined },
        baseDir: folder,
        blobs: new FolderBlobStore(join(folder, 'blobs')),
        models: [factsOf(grey, 'own', 10)],
        auxiliaryModels: [factsOf(member, 'member', 10)],
        values: new SplitValues([], new FolderBlobStore(join(folder, 'blobs')), () => undefined),
        needsLabels: undefined,
        needsEveryClass: undefined,
        inspector: new DataInspector(),
        signal: new AbortController().signal,
      },
    );
  await expect(resolve(colour)).rejects.toThrow(
    /data set "grey" has images of 28x28x1, but model "member" takes 32x32x3/,
  );
  await expect(resolve(grey)).resolves.toMatchObject({ name: 'grey' });
});
