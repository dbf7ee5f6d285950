import type { Delivery, Hint } from '../ports.js';

/** Answers to the queue about one message. */
export interface MessageAnswer {
  ack(): void;
  nak(delayMs: number): void;
  working(): void;
}

/**
 * One message as a delivery for each of its hints. The message is answered when all of them are: when one is to
 * come again, all do, and the coordinator drops those that are dealt with.
 */
export function shareDelivery(hints: readonly Hint[], answer: MessageAnswer): readonly Delivery[] {
  let open = hints.length;
  let delayMs: number | undefined;
  return hints.map(({ run, task }) => {
    let isOpen = true;
    const settle = (wantedMs?: number) => {
      if (!isOpen) return;
      isOpen = false;
      if (wantedMs !== undefined) delayMs = Math.max(wantedMs, delayMs ?? 0);
      if (--open > 0) return;
      if (delayMs === undefined) answer.ack();
      else answer.nak(delayMs);
    };
    return { hint: { run, task }, ack: () => settle(), nak: settle, working: () => answer.working() };
  });
}
