import { expect, it } from 'vitest';
import { tiedGaussian } from '../../src/parts/tied-gaussian.js';

it('says which class has no sample, and which label is no class', () => {
  const features = (...data: number[]) => ({
    rows: data.length,
    columns: 1,
    data: Float32Array.from(data),
  });
  expect(() => tiedGaussian('layer1', features(1, 2), Int32Array.of(0, 2), 3)).toThrow(
    /layer1: the train set has no sample of class 1/,
  );
  expect(() => tiedGaussian('layer1', features(1), Int32Array.of(2), 2)).toThrow(
    /label 2, but the model has 2 classes/,
  );
});
