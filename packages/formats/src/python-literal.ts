/** Literals of Python that headers of npy files need. */
export type PythonLiteral = string | number | boolean | null | readonly PythonLiteral[] | PythonDict;
export type PythonDict = ReadonlyMap<string, PythonLiteral>;

const MAX_DEPTH = 8;
const WORDS: ReadonlyMap<string, PythonLiteral> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const TOKEN = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d+)L?|(True|False|None)\b|([{}[\]():,]))/y;

/**
 * Reads a literal of Python's: strings, whole numbers, True, False, None, tuples, lists and dicts with strings as keys, in any
 * spacing. Nothing is evaluated. Undefined where the text is anything else.
 */
export function parsePythonLiteral(text: string): PythonLiteral | undefined {
  const tokens = tokensOf(text.trimEnd());
  if (tokens === undefined) return undefined;
  const reader = { tokens, at: 0 };
  const value = readValue(reader, 0);
  return reader.at === tokens.length ? value : undefined;
}

type Token = { readonly mark: string } | { readonly value: PythonLiteral };
interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const scan = new RegExp(TOKEN);
  while (scan.lastIndex < text.length) {
    const match = scan.exec(text);
    if (match === null) return undefined;
    const [, single, double, digits, word, mark] = match;
    const string = single ?? double;
    if (mark !== undefined) tokens.push({ mark });
    else if (string !== undefined) tokens.push({ value: string.replaceAll(/\\(.)/g, '$1') });
    else if (digits !== undefined) tokens.push({ value: Number(digits) });
    else tokens.push({ value: WORDS.get(word ?? '') ?? null });
  }
  return tokens;
}

function isNext(reader: Reader, mark: string): boolean {
  const token = reader.tokens[reader.at];
  const is = token !== undefined && 'mark' in token && token.mark === mark;
  if (is) reader.at++;
  return is;
}

function readValue(reader: Reader, depth: number): PythonLiteral | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (isNext(reader, '(')) return readList(reader, ')', depth);
  if (isNext(reader, '[')) return readList(reader, ']', depth);
  if (isNext(reader, '{')) return readDict(reader, depth);
  const token = reader.tokens[reader.at++];
  return token !== undefined && 'value' in token ? token.value : undefined;
}

function readList(reader: Reader, end: string, depth: number): readonly PythonLiteral[] | undefined {
  const items: PythonLiteral[] = [];
  while (!isNext(reader, end)) {
    const item = readValue(reader, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    if (isNext(reader, ',')) continue;
    return isNext(reader, end) ? items : undefined;
  }
  return items;
}

function readDict(reader: Reader, depth: number): PythonDict | undefined {
  const entries = new Map<string, PythonLiteral>();
  while (!isNext(reader, '}')) {
    const key = readValue(reader, depth + 1);
    const value = isNext(reader, ':') ? readValue(reader, depth + 1) : undefined;
    if (typeof key !== 'string' || value === undefined) return undefined;
    entries.set(key, value);
    if (isNext(reader, ',')) continue;
    return isNext(reader, '}') ? entries : undefined;
  }
  return entries;
}
