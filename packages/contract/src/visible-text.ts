/**
 * Characters that act on what shows them instead of being seen: C0 and C1 controls, line and paragraph
 * separators, marks that turn or hide text (bidi, zero width), and halves of surrogate pairs.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be found.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function writtenOut(char: string): string {
  const code = char.charCodeAt(0);
  return (
    SHORT[char] ??
    (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
  );
}

/** One line that can be printed anywhere: what would act on a terminal is written out, a line break as `\n`. */
export const visible = (text: string): string => text.replaceAll(UNSEEN, writtenOut);

/** The same for text of several lines, such as an error's message: line breaks stay. */
export const visibleLines = (text: string): string =>
  text.replaceAll(UNSEEN, (char) => (char === '\n' ? char : writtenOut(char)));

/** JSON text that prints anywhere and means the same: what would act on a terminal stands as `\u` escapes. */
export const visibleJson = (json: string): string =>
  json.replaceAll(UNSEEN, (char) =>
    char === '\n' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Whether a name has only characters that can be seen. */
export const isVisible = (text: string): boolean => visible(text) === text;

/** A text in quotes as a message shows it: one line, not longer than a message can bear. */
export function quote(text: string, maxLength = 60): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
  return `"${visible(cut).replaceAll('"', '\\"')}"`;
}
