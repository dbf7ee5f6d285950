import { conv2d } from '../modules/conv2d.js';
import { linear } from '../modules/linear.js';
import type { Module } from '../modules/module.js';
import { globalAveragePool } from '../modules/pooling.js';
import { residual, sequential } from '../modules/sequential.js';
import type { Architecture } from './architecture.js';

const STAGES = [
  { width: 64, blocks: 3, stride: 1 },
  { width: 128, blocks: 4, stride: 2 },
  { width: 256, blocks: 6, stride: 2 },
  { width: 512, blocks: 3, stride: 2 },
] as const;

/**
 * ResNet-34 for 32x32 images (He et al. 2016, with a 3x3 stem): input [n, 32, 32, 3]; taps layer0 (stem) to layer4 (last stage),
 * pooled [n, 512] (penultimate) and logits. Weights have the names of the paper's code: conv1, bn1,
 * layerS.B.{conv1,bn1,conv2,bn2,shortcut.0,shortcut.1}, linear.
 */
export const resnet34Cifar = {
  name: 'resnet34-cifar',
  input: [32, 32, 3],
  layerTaps: ['layer0', 'layer1', 'layer2', 'layer3', 'layer4'],
  penultimate: 'pooled',
  logits: 'logits',
  head: 'linear',
  stages: (classes) => [
    { tap: 'layer0', module: convNorm('conv1', 'bn1', 3, 64) },
    ...STAGES.map(({ width, blocks, stride }, i) => ({
      tap: `layer${i + 1}`,
      module: sequential(
        Array.from({ length: blocks }, (_, block) =>
          block === 0
            ? basicBlock(`layer${i + 1}.0`, STAGES[i - 1]?.width ?? 64, width, stride)
            : basicBlock(`layer${i + 1}.${block}`, width, width, 1),
        ),
      ),
    })),
    { tap: 'pooled', module: globalAveragePool },
    { tap: 'logits', module: linear({ name: 'linear', inputs: 512, outputs: classes }) },
  ],
} as const satisfies Architecture;

const convNorm = (
  name: string,
  norm: string,
  inputs: number,
  outputs: number,
  stride: 1 | 2 = 1,
  isReluApplied = true,
) => conv2d({ name, norm, inputs, outputs, size: 3, padding: 1, stride, isReluApplied });

function basicBlock(name: string, inputs: number, outputs: number, stride: 1 | 2): Module {
  const branch = [
    convNorm(`${name}.conv1`, `${name}.bn1`, inputs, outputs, stride),
    convNorm(`${name}.conv2`, `${name}.bn2`, outputs, outputs, 1, false),
  ];
  if (stride === 1 && inputs === outputs) return residual(branch, []);
  const projection = conv2d({
    name: `${name}.shortcut.0`,
    norm: `${name}.shortcut.1`,
    inputs,
    outputs,
    size: 1,
    stride,
    isReluApplied: false,
  });
  return residual(branch, [projection]);
}
