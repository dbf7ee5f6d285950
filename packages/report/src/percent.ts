/** Percent with two decimals, as the field prints them. */
export const percent = (value: number): string => (100 * value).toFixed(2);
