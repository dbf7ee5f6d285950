import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

const ASCII = /^[\x20-\x7e]*$/;

/** Columns of a terminal that a text takes: two for CJK and emoji, none for combining marks. */
export const textWidth = (text: string): number => (ASCII.test(text) ? text.length : stringWidth(text));

export const padRight = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - textWidth(text)));

export const padLeft = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - textWidth(text))) + text;

export interface WrapOptions {
  /** Cuts words that are longer than a line, which otherwise have a line of their own. */
  readonly isHard?: boolean;
  /** Of all lines but the first. */
  readonly indent?: string;
}

/** Lines of whole words. A number stays with its percent sign. */
export function wrapText(
  text: string,
  width: number,
  { isHard = false, indent = '' }: WrapOptions = {},
): string[] {
  if (textWidth(text) <= width) return [text];
  const bound = text.replaceAll(' %', '\u00a0%');
  const lines = wrapAnsi(bound, Math.max(1, width - indent.length), { hard: isHard }).split('\n');
  return lines.map((line, i) => `${i === 0 ? '' : indent}${line.replaceAll('\u00a0%', ' %')}`);
}
