import { type ModelFacts, OodError } from '@oodgrid/contract';
import type { Pass } from '../layers/layer.js';
import { type Module, type Parameters, product, type SampleShape } from '../modules/module.js';
import type { Tensor } from '../tensors.js';
import type { WeightReader } from '../weights.js';

/** A run of modules that ends in a tap. */
export interface Stage {
  readonly tap: string;
  readonly module: Module;
  /** This stage and the one before in one step, with the same bits: for passes that do not want what lies between. */
  readonly withPrevious?: (reader: WeightReader) => (pass: Pass, x: Tensor) => Tensor;
}

/** A network whose weights come as a safetensors file with PyTorch's names: one file of this shape and a line in the catalog. */
export interface Architecture {
  readonly name: string;
  /** Height, width and channels of an input image. */
  readonly input: readonly [height: number, width: number, channels: number];
  /** Taps in forward order, as the FSSD paper numbers them. */
  readonly layerTaps: readonly string[];
  /** The tap [units] that the head takes. */
  readonly penultimate: string;
  /** The tap [classes] that holds its logits. */
  readonly logits: string;
  /** PyTorch name of the last linear layer, whose weight [classes, units] tells the class count. */
  readonly head: string;
  /** The tap that every dropout layer follows; absent where there is none. */
  readonly stochasticTap?: string;
  readonly stages: (classes: number) => readonly Stage[];
}

/** Shape of every tensor that a weights file must hold, by its PyTorch name. */
export const parametersOf = (architecture: Architecture, classes: number): Parameters =>
  new Map(architecture.stages(classes).flatMap(({ module }) => [...module.parameters]));

/** Shape of each tap of one sample. Throws a RangeError where a module does not fit behind the one before. */
export function tapShapes(architecture: Architecture, classes: number): ReadonlyMap<string, SampleShape> {
  return new Map(sizes(architecture, classes).map(({ tap, output }) => [tap, output]));
}

/** Returns the facts about a model of an architecture, under its name in the grid. */
export function factsOf(architecture: Architecture, name: string, classes: number): ModelFacts {
  const { input, layerTaps, penultimate, logits, stochasticTap } = architecture;
  const stages = sizes(architecture, classes);
  const last = stages.find(({ tap }) => tap === penultimate);
  if (last === undefined)
    throw new OodError('internal', `architecture "${architecture.name}" has no stage "${penultimate}"`);
  const weights = [...parametersOf(architecture, classes).values()].map(product);
  return {
    name,
    architecture: architecture.name,
    classes,
    input,
    taps: stages.map(({ tap }) => tap),
    layers: layerTaps,
    penultimate,
    features: product(last.output),
    logits,
    offers: { head: true, gradient: true, dropout: stochasticTap !== undefined },
    dropoutTap: stochasticTap ?? null,
    memory: {
      weightBytes: FLOAT_BYTES * sum(weights),
      activationBytesPerImage: FLOAT_BYTES * sum([product(input), ...stages.map(({ values }) => values)]),
    },
  };
}

const FLOAT_BYTES = 4;
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function sizes({ input, stages }: Architecture, classes: number) {
  let shape: SampleShape = input;
  return stages(classes).map(({ tap, module }) => {
    const { output, values } = module.size(shape);
    shape = output;
    return { tap, output, values };
  });
}
