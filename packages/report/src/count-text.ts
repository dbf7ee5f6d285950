/** `100,000` */
export const countText = (value: number): string => value.toLocaleString('en-US');
