import type { RunEvent, WorkCounts } from '@oodgrid/contract';

/** Work per second: images are those read, passes are forward and gradient passes of one image. */
export interface WorkRates {
  readonly imagesPerSecond: number;
  readonly passesPerSecond: number;
}

/** Time over which work is averaged: several batches of the slowest method, few enough to follow a change. */
const TIME_CONSTANT_S = 10;

/** Exponentially weighted rates of a run's work, from its events; the clock is the caller's. */
export class RateMeter {
  /** Work so far of each running attempt, as its last event told. */
  readonly #ofTask = new Map<string, WorkCounts>();
  readonly #startSeconds: number;
  #at: number;
  #images = 0;
  #passes = 0;

  constructor(nowSeconds: number) {
    this.#startSeconds = nowSeconds;
    this.#at = nowSeconds;
  }

  add(event: RunEvent, nowSeconds: number): void {
    switch (event.kind) {
      case 'task-progress':
      case 'task-done':
        this.#advance(nowSeconds);
        this.#note(event.taskId, event.work);
        if (event.kind === 'task-done') this.#ofTask.delete(event.taskId);
        return;
      case 'task-started':
      case 'task-failed':
      case 'task-lost':
        // Another attempt counts from zero.
        this.#ofTask.delete(event.taskId);
        return;
      default:
      // No other event says what was computed.
    }
  }

  rates(nowSeconds: number): WorkRates {
    this.#advance(nowSeconds);
    const elapsed = nowSeconds - this.#startSeconds;
    // The weights of the time that has passed sum to less than the time constant at first.
    const weight = TIME_CONSTANT_S * (1 - Math.exp(-elapsed / TIME_CONSTANT_S));
    if (!(weight > 0)) return { imagesPerSecond: 0, passesPerSecond: 0 };
    return { imagesPerSecond: this.#images / weight, passesPerSecond: this.#passes / weight };
  }

  #advance(nowSeconds: number): void {
    const decay = Math.exp(-Math.max(0, nowSeconds - this.#at) / TIME_CONSTANT_S);
    this.#at = nowSeconds;
    this.#images *= decay;
    this.#passes *= decay;
  }

  #note(taskId: string, work: WorkCounts): void {
    const before = this.#ofTask.get(taskId) ?? { images: 0, forwards: 0, gradients: 0 };
    this.#ofTask.set(taskId, work);
    this.#images += Math.max(0, work.images - before.images);
    this.#passes += Math.max(0, work.forwards + work.gradients - before.forwards - before.gradients);
  }
}

/** `2,200 images/s (7,441 passes/s)` */
export function ratesText({ imagesPerSecond, passesPerSecond }: WorkRates): string {
  const whole = (rate: number) => Math.round(rate).toLocaleString('en-US');
  return `${whole(imagesPerSecond)} images/s (${whole(passesPerSecond)} passes/s)`;
}
