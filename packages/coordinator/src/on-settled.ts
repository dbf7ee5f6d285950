import { OodError } from '@oodgrid/contract';
import type { Done } from './coordinator-options.js';

/** Work that returns a promise as work that calls `Done`, its last argument, when the promise has settled. */
export function onSettled<A extends readonly unknown[], T>(
  work: (...args: A) => Promise<T>,
): (...args: [...A, Done<T>]) => void {
  return (...all) => {
    const done = all.at(-1) as Done<T>;
    work(...(all.slice(0, -1) as unknown as A)).then(
      (value) => done({ value }),
      (thrown: unknown) => done({ problem: OodError.from(thrown) }),
    );
  };
}
