import { linkOf } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { findMethod, METHODS, planMethod } from '../src/index.js';
import { LENET } from './facts.js';

const PLACES = { method: 'methods[3] x', model: 'models[0] (lenet)' };
const plan = (name: string, options: object = {}) => planMethod(findMethod(name), options, LENET, PLACES);

it.each(METHODS)('$name says where it is from and what it costs', ({ card: { cites, cost } }) => {
  // Two papers are not at arXiv: their page is where they appeared.
  const pages =
    /^https:\/\/(arxiv\.org\/abs\/\d{4}\.\d{4,5}$|openaccess\.thecvf\.com\/content\/|openreview\.net\/forum\?)/;
  expect(cites && linkOf(cites)).toMatch(pages);
  expect(cost).toBeDefined();
});

describe('the plan of a method', () => {
  it('has the cost that the probes say: a pass for each that moves, a gradient for each key', () => {
    const { candidates, cost } = plan('odin');
    expect(candidates).toHaveLength(88);
    // 21 of 22 magnitudes move, at 4 temperatures of a gradient each.
    expect(cost).toEqual({ sweep: { forwards: 84, gradients: 4 }, score: { forwards: 1, gradients: 1 } });
    expect(plan('mahalanobis').cost).toEqual({
      sweep: { forwards: 14 * 4, gradients: 4 },
      score: { forwards: 4, gradients: 4 },
    });
    expect(plan('mc-dropout', { passes: 7 }).cost.score).toEqual({ forwards: 7, gradients: 0 });
    expect(plan('baseline').cost.score).toEqual({ forwards: 0, gradients: 0 });
  });

  it('says whether inputs are moved, and what is fitted on', () => {
    expect(plan('fssd')).toMatchObject({ pass: 'gradient', fit: { offset: 127.5 }, splitOrder: 'permuted' });
    expect(plan('fssd', { preprocessing: false })).toMatchObject({
      pass: 'forward',
      fit: { offset: 127.5 },
      splitOrder: 'permuted',
      candidates: [],
    });
    expect(plan('mahalanobis')).toMatchObject({ pass: 'gradient', fit: 'train' });
    expect(plan('baseline')).toMatchObject({ pass: 'forward', fit: 'none', splitOrder: 'file' });
  });

  it('takes the last magnitude at the first temperature where no setting is any good', () => {
    const { candidates, fallbackCandidate } = plan('odin', { magnitudes: [0.1, 0.2], temperatures: [1, 10] });
    expect(candidates[fallbackCandidate]).toEqual({ magnitude: 0.2, temperature: 1 });
  });

  it('needs samples for the settings that are taken: the largest k of a sweep, or its own', () => {
    for (const [name, most, own] of [
      ['knn', 1000, 50],
      ['nnguide', 100, 10],
    ] as const) {
      expect(plan(name).fitMinimum).toBe(most);
      expect(planMethod(findMethod(name), {}, LENET, PLACES, [], 'its own').fitMinimum).toBe(own);
    }
  });

  it.each(METHODS.map(({ name }) => name))(
    '%s is refused, with both places, where the model lacks what it needs',
    (name) => {
      const method = findMethod(name);
      const nothing = { ...LENET, offers: { head: false, gradient: false, dropout: false } };
      const options = { 'deep-ensemble': { members: ['a', 'b'] }, 'outlier-exposure': { model: 'a' } }[name];
      const made = () => planMethod(method, options ?? {}, nothing, PLACES);
      const { head, dropout } = method.arithmetic.needs(LENET);
      const lacks = [
        head && 'last-layer weights',
        dropout && 'dropout',
        method.arithmetic.perturb && 'gradient',
      ];
      const said = lacks.filter((one) => typeof one === 'string').join(' and no ');
      if (said === '') expect(made).not.toThrow();
      else expect(made).toThrow(`models[0] (lenet) has no ${said}, which methods[3] x needs`);
    },
  );
});
