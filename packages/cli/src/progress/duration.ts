import prettyMilliseconds from 'pretty-ms';

/** `45s`, `1m 20s`, `3h 5m`: whole seconds, the two largest units. */
export const duration = (seconds: number): string =>
  seconds < 0.5 ? '0s' : prettyMilliseconds(1000 * Math.round(seconds), { unitCount: 2 });
