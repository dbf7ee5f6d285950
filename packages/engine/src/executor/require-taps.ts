import { type ModelFacts, OodError } from '@oodgrid/contract';
import type { Taps } from '@oodgrid/models';

/**
 * Throws `invalid-input` where what a model gave of a batch of `rows` samples is not what it was asked for: a tap that is not there, or one
 * of another shape than its facts say. Numbers that are put to the wrong samples would look like any others.
 */
export function requireTaps(facts: ModelFacts, taps: Taps, names: readonly string[], rows: number): void {
  const shapes = new Map([
    [facts.penultimate, [rows, facts.features]],
    [facts.logits, [rows, facts.classes]],
  ]);
  for (const name of names) {
    const shape = taps.get(name)?.shape;
    const wanted = shapes.get(name);
    const fits =
      wanted === undefined ? shape?.[0] === rows && shape.length > 1 : shape?.join() === wanted.join();
    if (fits) continue;
    const found = shape === undefined ? 'is missing' : `is [${shape.join(', ')}]`;
    throw new OodError(
      'invalid-input',
      `model "${facts.name}": tap "${name}" of a batch of ${rows} samples ${found}; its source must give [${(wanted ?? [rows, '...']).join(', ')}]`,
    );
  }
}
