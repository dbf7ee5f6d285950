import { readFileSync } from 'node:fs';
import { datasetBlob } from '@oodgrid/datasets';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Engine } from '../../src/compute.js';
import { nativeEngine } from '../support/engine.js';
import { put, run, task, unit } from '../support/tasks.js';

let engine: Engine;
beforeAll(async () => {
  engine = await nativeEngine();
});

const referenceSchema = z.object({
  pixels: z.array(z.array(z.number())),
  settings: z.array(z.object({ magnitude: z.number(), temperature: z.number() })),
  scores: z.array(z.array(z.number())),
});

it("has the scores of PyTorch's gradients of the bundled LeNet, at the steepest pixel alone", async () => {
  const file = new URL('./reference/iodin.json', import.meta.url);
  const { pixels, settings, scores } = referenceSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const count = pixels.length;
  const images = Uint8Array.from({ length: count * 784 }, (_, i) => {
    const [image, row, column] = [Math.floor(i / 784), Math.floor((i % 784) / 28), i % 28];
    return pixels[image]?.[Math.floor(row / 4) * 7 + Math.floor(column / 4)] ?? Number.NaN;
  });
  const labels = new Uint8Array(count);
  const data = { name: 'blurred', images: put(datasetBlob({ images, labels, shape: [count, 28, 28, 1] })) };
  const one = unit('iodin', { candidates: settings });
  const rows =
    (await run(engine, task([one], { data, to: count }))).scores.get(one.key) ?? new Float32Array();
  // float32; a temperature of 1000 leaves a thousandth of what the logits differ by.
  for (const [s, expected] of scores.entries())
    for (const [i, value] of expected.entries())
      expect(Math.abs((rows[i * settings.length + s] ?? Number.NaN) - value)).toBeLessThan(
        (s === 0 ? 1e-6 : 2e-5) * value,
      );
});
