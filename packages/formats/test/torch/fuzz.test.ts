import { readdirSync, readFileSync } from 'node:fs';
import { OodError } from '@oodgrid/contract';
import { expect, it } from 'vitest';
import { openTorchCheckpoint } from '../../src/torch/checkpoint.js';

const FOLDER = new URL('../fixtures/torch/', import.meta.url);
const FILES = Number(process.env.OODGRID_FUZZ_FILES ?? 4000);
/** The damaged files are below 32 KiB, and so are their tensors. */
const MAX_ENTRIES = 2 ** 16;

/** Numbers that depend on the seed alone. */
function* numbers(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

function mutated(file: Uint8Array, seed: number): Uint8Array {
  const random = numbers(seed);
  const below = (bound: number) => Math.floor((random.next().value ?? 0) * bound);
  const out = Buffer.from(file);
  for (let left = 1 + below(4); left > 0; left--) {
    const at = below(out.length);
    switch (below(4)) {
      case 0:
        out[at] = below(256);
        break;
      case 1:
        out[at] = (out[at] ?? 0) ^ (1 << below(8));
        break;
      case 2:
        out.copy(out, at, below(out.length), below(out.length));
        break;
      default:
        out.fill(0xff, at, Math.min(out.length, at + 1 + below(8)));
    }
  }
  return below(8) === 0 ? out.subarray(0, below(out.length)) : out;
}

it(`${FILES} damaged checkpoints are read or refused by name; none crashes, hangs or takes memory`, () => {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.pth'))
    .sort()
    .map((name) => new Uint8Array(readFileSync(new URL(name, FOLDER))));
  let refused = 0;
  for (let seed = 0; seed < FILES; seed++) {
    const file = files[seed % files.length] ?? new Uint8Array();
    try {
      for (const tensor of openTorchCheckpoint(mutated(file, seed + 1), 'f').values()) {
        const entries = tensor.shape.reduce((product, size) => product * size, 1);
        if (entries <= MAX_ENTRIES) tensor.read();
      }
    } catch (thrown) {
      refused++;
      if (!(thrown instanceof OodError) || thrown.code !== 'corrupt-data')
        throw new Error(`seed ${seed + 1}`, { cause: thrown });
      expect(thrown.message).toMatch(/^f: /);
    }
  }
  expect(refused).toBeGreaterThan(FILES / 4);
});
