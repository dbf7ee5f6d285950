import type { ArchitectureName } from './architectures.js';

/** Shape of every tensor that an architecture reads, by its PyTorch name. */
export type WeightShapes = ReadonlyMap<string, readonly number[]>;

/** What a weights file must hold; a test compares it with what the builders read. */
export function weightShapes(architecture: ArchitectureName, classes: number): WeightShapes {
  return new Map(architecture === 'lenet' ? lenet(classes) : resnet34Cifar(classes));
}

type Entry = readonly [name: string, shape: readonly number[]];

function lenet(classes: number): Entry[] {
  return [
    ['conv1.weight', [32, 1, 3, 3]],
    ['conv1.bias', [32]],
    ['conv2.weight', [64, 32, 3, 3]],
    ['conv2.bias', [64]],
    ['fc1.weight', [128, 9216]],
    ['fc1.bias', [128]],
    ['fc2.weight', [classes, 128]],
    ['fc2.bias', [classes]],
  ];
}

const RESNET34_STAGES = [
  { width: 64, blocks: 3 },
  { width: 128, blocks: 4 },
  { width: 256, blocks: 6 },
  { width: 512, blocks: 3 },
] as const;

function resnet34Cifar(classes: number): Entry[] {
  const entries = convBn('conv1', 'bn1', 3, 64, 3);
  let inputs = 64;
  for (const [stage, { width, blocks }] of RESNET34_STAGES.entries()) {
    for (let block = 0; block < blocks; block++) {
      const name = `layer${stage + 1}.${block}`;
      entries.push(...convBn(`${name}.conv1`, `${name}.bn1`, inputs, width, 3));
      entries.push(...convBn(`${name}.conv2`, `${name}.bn2`, width, width, 3));
      if (inputs !== width)
        entries.push(...convBn(`${name}.shortcut.0`, `${name}.shortcut.1`, inputs, width, 1));
      inputs = width;
    }
  }
  return [...entries, ['linear.weight', [classes, 512]], ['linear.bias', [classes]]];
}

function convBn(conv: string, norm: string, inputs: number, outputs: number, size: number): Entry[] {
  return [
    [`${conv}.weight`, [outputs, inputs, size, size]],
    ...['weight', 'bias', 'running_mean', 'running_var'].map((part): Entry => [`${norm}.${part}`, [outputs]]),
  ];
}
