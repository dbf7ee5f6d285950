/** Everything that can go wrong, counted as it does. */
export const FAULTS = [
  'message-lost',
  'hint-lost',
  'hint-doubled',
  'queue-restart',
  'link-cut',
  'partition',
  'worker-crash',
  'worker-gone',
  'worker-frozen',
  'task-failed',
  'straggler',
  'coordinator-crash',
  'write-crash-before',
  'write-torn',
  'write-unsynced',
  'write-crash-after',
  'disk-full',
  'clock-jump',
  'paused',
  'zombie-result',
  'bad-disk',
  'bad-disk-for-good',
  'cache-damaged',
  'store-damaged',
  'store-lost-blob',
  'not-finite',
  'twin',
  'twin-refused',
  'impostor',
  'pool-gone',
  'moved',
  'moved-from-vanished',
  'neighbour',
  'drained',
] as const;
export type Fault = (typeof FAULTS)[number];

export class FaultCounts {
  readonly counts = new Map<Fault, number>();

  add(fault: Fault): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }

  get total(): number {
    let sum = 0;
    for (const count of this.counts.values()) sum += count;
    return sum;
  }
}
