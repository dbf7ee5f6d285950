import { expect, it } from 'vitest';
import { shareDelivery } from '../src/index.js';

it("the README's example gives what it says", () => {
  const said: string[] = [];
  const message = {
    ack: () => said.push('ack'),
    nak: () => said.push('nak'),
    working: () => said.push('working'),
  };
  const hints = [
    { run: 'run', task: 1 },
    { run: 'run', task: 2 },
  ];
  const [first, second] = shareDelivery(hints, message);
  first?.ack();
  expect(said).toEqual([]);
  second?.ack();
  expect(said).toEqual(['ack']);
});
