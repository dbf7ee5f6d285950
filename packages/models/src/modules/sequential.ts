import { chain } from '../layers/chain.js';
import { denseConnection as denseLayer } from '../layers/dense-connection.js';
import { residual as residualLayer } from '../layers/residual.js';
import { type Module, product } from './module.js';

/** Modules one after another; none is the identity. */
export const sequential = (modules: readonly Module[]): Module => ({
  parameters: new Map(modules.flatMap(({ parameters }) => [...parameters])),
  size: (input) =>
    modules.reduce(
      (before, module) => {
        const { output, values } = module.size(before.output);
        return { output, values: before.values + values };
      },
      { output: input, values: 0 },
    ),
  build: (reader) => chain(modules.map((module) => module.build(reader))),
});

/** ReLU of the sum of two branches of the same input; an empty shortcut is the identity. */
export function residual(branch: readonly Module[], shortcut: readonly Module[]): Module {
  const [main, side] = [sequential(branch), sequential(shortcut)];
  return {
    parameters: new Map([...main.parameters, ...side.parameters]),
    size: (input) => {
      const [a, b] = [main.size(input), side.size(input)];
      if (a.output.join() !== b.output.join())
        throw new RangeError(`branches give [${a.output.join(', ')}] and [${b.output.join(', ')}]`);
      return { output: a.output, values: a.values + b.values + product(a.output) };
    },
    build: (reader) =>
      residualLayer(
        branch.map((module) => module.build(reader)),
        shortcut.map((module) => module.build(reader)),
      ),
  };
}

/** The input, and behind its channels what a branch makes of it; the branch keeps height and width. */
export function denseConnection(branch: readonly Module[]): Module {
  const grown = sequential(branch);
  return {
    parameters: grown.parameters,
    size: (input) => {
      const [height = 0, width = 0, channels = 0] = input;
      const { output, values } = grown.size(input);
      if (output.slice(0, 2).join() !== input.slice(0, 2).join())
        throw new RangeError(`a branch gives [${output.join(', ')}] beside [${input.join(', ')}]`);
      const joined = [height, width, channels + (output[2] ?? 0)];
      return { output: joined, values: values + product(joined) };
    },
    build: (reader) => denseLayer(branch.map((module) => module.build(reader))),
  };
}
