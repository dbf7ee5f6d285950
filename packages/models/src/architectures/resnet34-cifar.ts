import { ARCHITECTURES } from '../architectures.js';
import type { Layer } from '../layers/layer.js';
import { chain, conv2d, dense, globalAveragePool, residual } from '../layers/layers.js';
import type { ModelParts } from '../model.js';
import type { WeightReader } from '../weights.js';

const BATCH_NORM_EPSILON = 1e-5;
const BLOCKS = [3, 4, 6, 3] as const;
const WIDTHS = [64, 128, 256, 512] as const;

/**
 * ResNet-34 for 32x32 images (He et al. 2016, with a 3x3 stem): input [n, 32, 32, 3]; taps layer0 (stem)
 * to layer4 (last stage, before pooling) and logits. Batch normalisation uses its running statistics and
 * is folded into the convolution before it. Weights have the names of the paper's code: conv1, bn1,
 * layerS.B.{conv1,bn1,conv2,bn2,shortcut.0,shortcut.1}, linear.
 */
export function resnet34Cifar(reader: WeightReader, classes: number): ModelParts {
  const stages = [{ tap: 'layer0', layer: convBn(reader, 'conv1', 'bn1', 3, 64, 3, 1, true) }];
  let inputs = 64;
  for (const [stage, width] of WIDTHS.entries()) {
    const blocks: Layer[] = [];
    for (let block = 0; block < (BLOCKS[stage] ?? 0); block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      blocks.push(basicBlock(reader, `layer${stage + 1}.${block}`, inputs, width, stride));
      inputs = width;
    }
    stages.push({ tap: `layer${stage + 1}`, layer: chain(blocks) });
  }
  const head = dense(
    reader.denseKernel(reader.values('linear.weight', [classes, 512]), classes, [512, 1, 1]),
    reader.vector(reader.values('linear.bias', [classes])),
    false,
  );
  stages.push({ tap: 'logits', layer: chain([globalAveragePool, head]) });
  return {
    architecture: ARCHITECTURES['resnet34-cifar'],
    classes,
    stages,
    dropouts: [],
    weights: reader.made,
  };
}

function basicBlock(reader: WeightReader, name: string, inputs: number, width: number, stride: 1 | 2): Layer {
  const branch = [
    convBn(reader, `${name}.conv1`, `${name}.bn1`, inputs, width, 3, stride, true),
    convBn(reader, `${name}.conv2`, `${name}.bn2`, width, width, 3, 1, false),
  ];
  if (stride === 1 && inputs === width) return residual(branch, []);
  const shortcut = convBn(
    reader,
    `${name}.shortcut.0`,
    `${name}.shortcut.1`,
    inputs,
    width,
    1,
    stride,
    false,
  );
  return residual(branch, [shortcut]);
}

function convBn(
  reader: WeightReader,
  conv: string,
  norm: string,
  inputs: number,
  outputs: number,
  size: 1 | 3,
  stride: 1 | 2,
  isReluApplied: boolean,
): Layer {
  const kernel = Float32Array.from(reader.values(`${conv}.weight`, [outputs, inputs, size, size]));
  const gamma = reader.values(`${norm}.weight`, [outputs]);
  const beta = reader.values(`${norm}.bias`, [outputs]);
  const mean = reader.values(`${norm}.running_mean`, [outputs]);
  const variance = reader.values(`${norm}.running_var`, [outputs]);
  const bias = new Float32Array(outputs);
  const perOutput = kernel.length / outputs;
  for (let out = 0; out < outputs; out++) {
    const scale = (gamma[out] ?? 0) / Math.sqrt((variance[out] ?? 0) + BATCH_NORM_EPSILON);
    bias[out] = (beta[out] ?? 0) - (mean[out] ?? 0) * scale;
    for (let i = out * perOutput; i < (out + 1) * perOutput; i++) kernel[i] = (kernel[i] ?? 0) * scale;
  }
  return conv2d({
    kernel: reader.convKernel(kernel, [outputs, inputs, size, size]),
    bias: reader.vector(bias),
    stride,
    padding: size === 3 ? 1 : 0,
    isReluApplied,
  });
}
