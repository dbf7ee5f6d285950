import { OodError } from '@oodgrid/contract';

/** A grid of a thousand models with long paths has a quarter of this. */
const MAX_GRID_BYTES = 1024 * 1024;

/** Deeper nesting than any grid's; yaml parsers need stack and memory for each level. */
const MAX_DEPTH = 64;

/** Text of a grid file. Throws `invalid-input` for what is no text, with the place of the first bad character. */
export function decodeGridText(content: string | Uint8Array, file: string): string {
  if (content.length > MAX_GRID_BYTES) throw refused(file, 1, 1, 'larger than 1 MiB; is it a grid?');
  const text = typeof content === 'string' ? content : decode(content, file);
  const withoutMark = text.startsWith('\ufeff') ? text.slice(1) : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be found.
  const bad = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(withoutMark);
  if (bad !== null) {
    const code = bad[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = `a control character (U+${code}); a grid is a text file in yaml`;
    throw refusedAt(file, withoutMark, bad.index, message);
  }
  requireShallow(withoutMark, file);
  return withoutMark;
}

function decode(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw refused(file, 1, 1, 'the file is UTF-16; save it as UTF-8 (of Windows PowerShell: -Encoding utf8)');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Decoded again with marks where it is not UTF-8: the first one that the bytes do not have is the place.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const at = [...text.matchAll(/\ufffd/g)].find(({ index }) => !isGenuine(bytes, text, index))?.index ?? 0;
    throw refusedAt(file, text, at, 'the file is not UTF-8; save it as UTF-8');
  }
}

/** Whether the replacement character at this place is in the file itself. */
function isGenuine(bytes: Uint8Array, text: string, at: number): boolean {
  const offset = Buffer.byteLength(text.slice(0, at));
  return bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
}

/** Brackets and list marks that are nested without bound would take the parser's stack or memory. */
function requireShallow(text: string, file: string): void {
  let depth = 0;
  for (const { 0: char, index } of text.matchAll(/[[\]{}]|^[ ]*(?:[-?:][ ]+){64}/gm)) {
    depth += char === '[' || char === '{' ? 1 : -1;
    if (char.length > 1 || Math.abs(depth) > MAX_DEPTH)
      throw refusedAt(file, text, index, 'nested too deeply for a grid');
  }
}

function refusedAt(file: string, text: string, offset: number, message: string): OodError {
  const before = text.slice(0, offset).split('\n');
  return refused(file, before.length, (before.at(-1)?.length ?? 0) + 1, message);
}

const refused = (file: string, line: number, column: number, message: string): OodError =>
  new OodError('invalid-input', `${file}:${line}:${column}  ${message}`);
