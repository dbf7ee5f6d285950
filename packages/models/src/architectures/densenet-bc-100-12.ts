import { normRelu } from '../modules/batch-norm.js';
import { conv2d } from '../modules/conv2d.js';
import { linear } from '../modules/linear.js';
import type { Module } from '../modules/module.js';
import { averagePool2d, globalAveragePool } from '../modules/pooling.js';
import { denseConnection, sequential } from '../modules/sequential.js';
import type { Architecture } from './architecture.js';

const GROWTH = 12;
/** Layers of each of the three blocks: (100 - 4) / 6. */
const DEPTH = 16;
const [STEM, AFTER_1, AFTER_2] = [24, 108, 150];
const grown = (inputs: number): number => inputs + DEPTH * GROWTH;

/**
 * DenseNet-BC of 100 layers and growth 12 for 32x32 images (Huang et al. 2017), as the DICE, ReAct, ASH and LINe papers use it: input
 * [n, 32, 32, 3]; taps layer0 (stem), layer1 and layer2 (blocks), layer3 (last block, normalised), pooled [n, 342] (penultimate) and logits.
 * Weights have the names of andreasveit's PyTorch code: conv1, block{1,2,3}.layer.B.{bn1,conv1,bn2,conv2}, trans{1,2}.{bn1,conv1}, bn1, fc.
 */
export const densenetBc100 = {
  name: 'densenet-bc-100-12',
  input: [32, 32, 3],
  layerTaps: ['layer0', 'layer1', 'layer2', 'layer3'],
  penultimate: 'pooled',
  logits: 'logits',
  head: 'fc',
  stages: (classes) => [
    { tap: 'layer0', module: plain('conv1', 3, STEM, 3) },
    { tap: 'layer1', module: block('block1', STEM) },
    {
      tap: 'layer2',
      module: sequential([transition('trans1', grown(STEM), AFTER_1), block('block2', AFTER_1)]),
    },
    {
      tap: 'layer3',
      module: sequential([
        transition('trans2', grown(AFTER_1), AFTER_2),
        block('block3', AFTER_2),
        normRelu('bn1', grown(AFTER_2)),
      ]),
    },
    { tap: 'pooled', module: globalAveragePool },
    { tap: 'logits', module: linear({ name: 'fc', inputs: grown(AFTER_2), outputs: classes }) },
  ],
} as const satisfies Architecture;

const plain = (name: string, inputs: number, outputs: number, size: 1 | 3): Module =>
  conv2d({
    name,
    inputs,
    outputs,
    size,
    padding: size === 3 ? 1 : 0,
    isBiasFree: true,
    isReluApplied: false,
  });

const block = (name: string, inputs: number): Module =>
  sequential(
    Array.from({ length: DEPTH }, (_, i) => {
      const [at, channels] = [`${name}.layer.${i}`, inputs + i * GROWTH];
      return denseConnection([
        normRelu(`${at}.bn1`, channels),
        conv2d({ name: `${at}.conv1`, norm: `${at}.bn2`, inputs: channels, outputs: 4 * GROWTH, size: 1 }),
        plain(`${at}.conv2`, 4 * GROWTH, GROWTH, 3),
      ]);
    }),
  );

const transition = (name: string, inputs: number, outputs: number): Module =>
  sequential([normRelu(`${name}.bn1`, inputs), plain(`${name}.conv1`, inputs, outputs, 1), averagePool2d(2)]);
