import { expect, it } from 'vitest';
import { didYouMean } from '../src/index.js';

const KNOWN = [
  'lenet',
  'resnet18-cifar',
  'resnet20-cifar',
  'densenet-bc-100-12',
  'knn',
  'own-method',
  'own-method-arrays',
];

it.each([
  ['lnet', 'lenet'],
  ['KNN', 'knn'],
  ['knnn', 'knn'],
  ['resnet18', 'resnet18-cifar'],
  ['DenseNet', 'densenet-bc-100-12'],
  ['own-metho', 'own-method'],
])('%s means %s', (word, meant) => {
  expect(didYouMean(word, KNOWN)).toBe(meant);
});

// Two begin with it; too short a beginning; nothing like it.
it.each(['resnet', 'den', 'mahalanobis', ''])('%j means none of them', (word) => {
  expect(didYouMean(word, KNOWN)).toBeUndefined();
});
