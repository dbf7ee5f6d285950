import { describe, expect, it } from 'vitest';
import { decodeRunEvent, encodeRunEvent } from '../src/index.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('an event on the wire', () => {
  it('comes back as it went', () => {
    const work = { images: 1, forwards: 2, gradients: 3 };
    const done = { kind: 'task-done', taskId: 't', isReused: false, work, seconds: 0.5 } as const;
    expect(decodeRunEvent(encodeRunEvent(done))).toEqual(done);
    const choice = { kind: 'choice-made', choice: 'c', outcome: { candidate: 1 } } as const;
    expect(decodeRunEvent(encodeRunEvent(choice))).toEqual(choice);
  });

  it('of a kind that only a later version knows is passed over', () => {
    expect(decodeRunEvent(bytes('{"kind":"worker-renamed","workerId":"w"}'))).toBeNull();
  });

  it.each([
    '',
    '{',
    '3',
    'null',
    '{}',
    '{"kind":7}',
    '{"kind":"ended"}',
    '{"kind":"ended","status":"lost","problem":null}',
    '{"kind":"task-lost","taskId":"t"}',
  ])('is refused when it is none: %s', (text) => {
    expect(() => decodeRunEvent(bytes(text))).toThrow(/the coordinator sent an event that/);
  });
});
