/** What can be said of an architecture without a tensor library. */
export interface Architecture {
  readonly name: string;
  /** Height, width and channels of an input image. */
  readonly input: readonly [height: number, width: number, channels: number];
  /** Taps in forward order, as the FSSD paper numbers them. */
  readonly layerTaps: readonly string[];
  /** The tap that holds the logits. */
  readonly logits: string;
  /** The tap that every dropout layer follows: what lies before it runs once for all stochastic passes. */
  readonly stochasticTap?: string;
  /** PyTorch name of the last linear layer's weight [classes, features]: tells the class count. */
  readonly headWeight: string;
  /** Resident memory of an executor in a gradient task of the protocol's batch, with room: for placement. */
  readonly memoryBytes: number;
}

export const ARCHITECTURES = {
  lenet: {
    name: 'lenet',
    input: [28, 28, 1],
    layerTaps: ['layer0', 'layer1', 'layer2', 'layer3'],
    logits: 'layer3',
    stochasticTap: 'pool',
    headWeight: 'fc2.weight',
    // Measured by bench/paper-grid: 2.5 GiB for two executors and their parent.
    memoryBytes: 1.2 * 1024 ** 3,
  },
  'resnet34-cifar': {
    name: 'resnet34-cifar',
    input: [32, 32, 3],
    layerTaps: ['layer0', 'layer1', 'layer2', 'layer3', 'layer4'],
    logits: 'logits',
    headWeight: 'linear.weight',
    // Reckoned: activations of 512 images and their gradients.
    memoryBytes: 6 * 1024 ** 3,
  },
} as const satisfies Record<string, Architecture>;

export type ArchitectureName = keyof typeof ARCHITECTURES;
