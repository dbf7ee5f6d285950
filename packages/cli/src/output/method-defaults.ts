/** `0.2, 0.1, 0`: as it would stand in a grid. */
export const defaultText = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(defaultText).join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
