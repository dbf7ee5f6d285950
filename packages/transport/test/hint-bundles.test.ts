import { describe, expect, it } from 'vitest';
import { bundleLimit, shareDelivery } from '../src/index.js';
import { decodeHints, encodeHints } from '../src/nats/hint-codec.js';

const HINTS = [
  { run: 'a', task: 3 },
  { run: 'b', task: 0 },
  { run: 'a', task: 4 },
];

describe('hints in a queue message', () => {
  it('come back as they went, run by run, and carry nothing but ids', () => {
    const data = encodeHints(HINTS.map((hint) => ({ ...hint, model: 'm' })));
    expect(data).toBe('[{"run":"a","tasks":[3,4]},{"run":"b","tasks":[0]}]');
    expect(decodeHints(data)).toEqual([
      { run: 'a', task: 3 },
      { run: 'a', task: 4 },
      { run: 'b', task: 0 },
    ]);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"run":"a","task":1}',
    '[{"run":"../a","tasks":[1]}]',
    '[{"run":"a","tasks":[-1]}]',
  ])('are refused when they are none: %s', (data) => expect(decodeHints(data)).toBeUndefined());
});

describe('a delivery that several tasks share', () => {
  const shared = () => {
    const said: string[] = [];
    const deliveries = shareDelivery(HINTS, {
      ack: () => said.push('ack'),
      nak: (delayMs) => said.push(`nak ${delayMs}`),
      working: () => said.push('working'),
    });
    return { said, deliveries };
  };

  it('is acknowledged once, after all of them', () => {
    const { said, deliveries } = shared();
    expect(deliveries.map(({ hint }) => hint)).toEqual(HINTS);
    deliveries[0]?.ack();
    deliveries[0]?.ack();
    deliveries[1]?.ack();
    expect(said).toEqual([]);
    deliveries[1]?.working();
    deliveries[2]?.ack();
    expect(said).toEqual(['working', 'ack']);
  });

  it('comes again when one of them is to come again, after the longest delay', () => {
    const { said, deliveries } = shared();
    deliveries[0]?.nak(100);
    deliveries[1]?.ack();
    deliveries[2]?.nak(500);
    deliveries[2]?.nak(900);
    expect(said).toEqual(['nak 500']);
  });
});

describe('the limit of a bundle', () => {
  it('is one for those who hold few tasks, and never more than an eighth of the places', () => {
    expect([1, 2, 15, 16, 64, 512, 100_000].map(bundleLimit)).toEqual([1, 1, 1, 2, 8, 64, 64]);
  });
});
