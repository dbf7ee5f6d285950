import type { TensorEntry } from '@oodgrid/formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Engine, tf } from '../../engine/src/compute.js';
import { nativeEngine } from '../../engine/test/support/engine.js';
import { type Architecture, factsOf, parametersOf, tapShapes } from '../src/architectures/architecture.js';
import { listArchitectures } from '../src/architectures/catalog.js';
import { product } from '../src/modules/module.js';
import { Network } from '../src/network.js';
import type { Rank } from '../src/tensors.js';
import { WeightReader } from '../src/weights.js';

const CLASSES = 7;

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

/** A network with the same small number for every weight; what it read, by name. */
function built(architecture: Architecture): { network: Network; asked: readonly string[] } {
  const asked: string[] = [];
  class Recorder extends Map<string, TensorEntry> {
    override get(key: string): TensorEntry | undefined {
      asked.push(key);
      return super.get(key);
    }
  }
  const tensors = new Recorder();
  for (const [key, shape] of parametersOf(architecture, CLASSES))
    tensors.set(key, { dtype: 'F32', shape, data: new Float32Array(product(shape)).fill(0.01) });
  // A tensor of another shape than the module's throws.
  const reader = new WeightReader(tf, tensors, 'f');
  const facts = factsOf(architecture, 'mine', CLASSES);
  return { network: new Network(architecture, facts, reader, { ops: tf, kernels: engine.kernels }), asked };
}

describe.each(listArchitectures().map((architecture) => [architecture.name, architecture] as const))(
  'what is said of %s without a tensor library',
  (_name, architecture) => {
    const facts = factsOf(architecture, 'mine', CLASSES);
    const shapes = tapShapes(architecture, CLASSES);

    it('names taps that are there', () => {
      const named = [...facts.layers, facts.penultimate, facts.logits];
      expect([...shapes.keys()]).toEqual(expect.arrayContaining(named));
      expect(shapes.get(facts.penultimate)).toEqual([facts.features]);
      expect(shapes.get(facts.logits)).toEqual([CLASSES]);
      expect(facts.offers.dropout).toBe(facts.dropoutTap !== null && shapes.has(facts.dropoutTap));
    });

    it('is what its layers read, each tensor once, and give; and no tensor outlives it', () => {
      const before = tf.memory().numTensors;
      const { network, asked } = built(architecture);
      expect([...asked].sort()).toEqual([...parametersOf(architecture, CLASSES).keys()].sort());
      expect(network.facts.taps).toEqual([...shapes.keys()]);
      tf.tidy(() => {
        const x = tf.ones<Rank.R4>([2, ...architecture.input]);
        // The last alone, and all of them: with and without what runs two stages in one step.
        for (const names of [[facts.logits], facts.taps]) {
          for (const [tap, value] of network.taps(x, Uint32Array.of(0, 1), names))
            expect(value.shape, tap).toEqual([2, ...(shapes.get(tap) ?? [])]);
        }
      });
      expect(network.head.weight.shape).toEqual([CLASSES, facts.features]);
      expect(network.head.bias.shape).toEqual([CLASSES]);
      network[Symbol.dispose]();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('bounds what a traced pass keeps of an image', () => {
      const { network } = built(architecture);
      const kept = tf.tidy(() => {
        const before = tf.memory().numBytes;
        network.trace(tf.ones<Rank.R4>([4, ...architecture.input]), facts.taps);
        return (tf.memory().numBytes - before) / 4;
      });
      network[Symbol.dispose]();
      // The library counts a view as often as its tensor, and every layer makes one of its input.
      expect(kept / facts.memory.activationBytesPerImage).toBeGreaterThan(1);
      expect(kept / facts.memory.activationBytesPerImage).toBeLessThan(2.1);
    });
  },
);

it('a module that does not fit behind the one before is refused with both shapes', () => {
  const [lenet] = listArchitectures();
  if (lenet === undefined) throw new Error('no architecture');
  expect(() => factsOf({ ...lenet, input: [32, 32, 1] }, 'mine', 10)).toThrow(
    /fc1 takes 9216 values, not \[14, 14, 64\]/,
  );
});
