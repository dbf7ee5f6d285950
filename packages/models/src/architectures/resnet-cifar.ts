import { conv2d } from '../modules/conv2d.js';
import { linear } from '../modules/linear.js';
import type { Module } from '../modules/module.js';
import { padShortcut } from '../modules/pad-shortcut.js';
import { globalAveragePool } from '../modules/pooling.js';
import { residual, sequential } from '../modules/sequential.js';
import type { Architecture } from './architecture.js';

interface ResNet {
  readonly name: string;
  /** Channels of each stage; the first is the stem's too. Every stage but the first halves height and width. */
  readonly widths: readonly number[];
  /** Basic blocks of each stage. */
  readonly blocks: readonly number[];
  /** What joins a block that changes the shape: a 1x1 convolution with its norm, or zeros as further channels. */
  readonly shortcut: (name: string, inputs: number, outputs: number) => Module;
}

/**
 * ResNet of basic blocks for 32x32 images (He et al. 2016): input [n, 32, 32, 3]; taps layer0 (3x3 stem) to the last stage, pooled [n, width]
 * (penultimate) and logits. Weights have the names of PyTorch's public CIFAR code: conv1, bn1, layerS.B.{conv1,bn1,conv2,bn2}, linear.
 */
function resnet({ name, widths, blocks, shortcut }: ResNet) {
  const [stem = 0] = widths;
  const block = (at: string, inputs: number, outputs: number, stride: 1 | 2): Module =>
    residual(
      [
        convNorm(`${at}.conv1`, `${at}.bn1`, inputs, outputs, stride),
        convNorm(`${at}.conv2`, `${at}.bn2`, outputs, outputs, 1, false),
      ],
      stride === 1 && inputs === outputs ? [] : [shortcut(at, inputs, outputs)],
    );
  const stages = widths.map((width, i) => {
    const before = widths[i - 1] ?? stem;
    const tap = `layer${i + 1}`;
    const all = Array.from({ length: blocks[i] ?? 0 }, (_, at) =>
      at === 0 ? block(`${tap}.0`, before, width, i === 0 ? 1 : 2) : block(`${tap}.${at}`, width, width, 1),
    );
    return { tap, module: sequential(all) };
  });
  return {
    name,
    input: [32, 32, 3],
    layerTaps: ['layer0', ...stages.map(({ tap }) => tap)],
    penultimate: 'pooled',
    logits: 'logits',
    head: 'linear',
    stages: (classes) => [
      { tap: 'layer0', module: convNorm('conv1', 'bn1', 3, stem) },
      ...stages,
      { tap: 'pooled', module: globalAveragePool },
      { tap: 'logits', module: linear({ name: 'linear', inputs: widths.at(-1) ?? 0, outputs: classes }) },
    ],
  } as const satisfies Architecture;
}

const convNorm = (
  name: string,
  norm: string,
  inputs: number,
  outputs: number,
  stride: 1 | 2 = 1,
  isReluApplied = true,
) => conv2d({ name, norm, inputs, outputs, size: 3, padding: 1, stride, isReluApplied });

/** Named <block>.shortcut.0, and .1 its norm. */
const projection = (name: string, inputs: number, outputs: number): Module =>
  conv2d({
    name: `${name}.shortcut.0`,
    norm: `${name}.shortcut.1`,
    inputs,
    outputs,
    size: 1,
    stride: 2,
    isReluApplied: false,
  });

/** Of four stages with projections (kuangliu/pytorch-cifar, OpenOOD): 18 layers, and the 34 of the FSSD paper. */
const wide = { widths: [64, 128, 256, 512], shortcut: projection };
export const resnet18Cifar = resnet({ ...wide, name: 'resnet18-cifar', blocks: [2, 2, 2, 2] });
export const resnet34Cifar = resnet({ ...wide, name: 'resnet34-cifar', blocks: [3, 4, 6, 3] });

/** Of the paper's section 4.2, three narrow stages with shortcuts that have no weights: 6 n + 2 layers. */
const narrow = (n: number) => ({
  widths: [16, 32, 64],
  blocks: [n, n, n],
  shortcut: (_name: string, inputs: number, outputs: number) => padShortcut(inputs, outputs),
});
export const resnet20Cifar = resnet({ ...narrow(3), name: 'resnet20-cifar' });
export const resnet32Cifar = resnet({ ...narrow(5), name: 'resnet32-cifar' });
export const resnet44Cifar = resnet({ ...narrow(7), name: 'resnet44-cifar' });
export const resnet56Cifar = resnet({ ...narrow(9), name: 'resnet56-cifar' });
