import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNpz } from '@oodgrid/formats';

export interface BlackGrid {
  readonly count?: number;
  readonly model?: string;
  readonly methods?: string;
}

/** A folder for one case, with two data sets of `count` black images and a grid that uses them. */
export function writeBlackGrid(
  parent: string,
  { count = 1001, model = 'lenet-fmnist', methods = '[baseline]' }: BlackGrid = {},
) {
  const folder = mkdtempSync(join(parent, 'case-'));
  const arrays = new Map([
    ['images', { shape: [count, 28, 28], data: new Uint8Array(count * 784) }],
    ['labels', { shape: [count], data: new Uint8Array(count) }],
  ]);
  for (const side of ['id', 'ood']) {
    mkdirSync(join(folder, side));
    writeFileSync(join(folder, side, 'test.npz'), writeNpz(arrays));
  }
  const file = join(folder, 'grid.yaml');
  writeFileSync(
    file,
    `protocol: fssd-paper
models: [${model}]
pairs:
  - id: { dir: ./id, normalisation: { mean: [0.5], std: [0.5] } }
    ood: { dir: ./ood }
methods: ${methods}
`,
  );
  return { folder, file };
}
