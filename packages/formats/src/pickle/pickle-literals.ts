import type { Refuse } from '../what-is-this-file.js';

/** Longer ones serve no file of arrays, and take time that grows with the square of their length. */
const MAX_INTEGER_BYTES = 64;

/** An integer in two's complement, as LONG1 and LONG4 hold it: a number where that is exact. */
export function littleEndianInteger(bytes: Uint8Array, refuse: Refuse): number | bigint {
  if (bytes.length > MAX_INTEGER_BYTES) return refuse(`an integer has ${bytes.length} bytes`);
  let value = 0n;
  for (const byte of [...bytes].reverse()) value = (value << 8n) | BigInt(byte);
  const isNegative = ((bytes.at(-1) ?? 0) & 0x80) !== 0;
  return exact(isNegative ? value - (1n << BigInt(8 * bytes.length)) : value);
}

/** An integer in decimal, as INT and LONG hold it; `01` and `00` are how protocol 0 and 1 write true and false. */
export function literalInteger(line: string, refuse: Refuse): number | bigint | boolean {
  if (line === '01') return true;
  if (line === '00') return false;
  if (!/^-?\d{1,150}L?$/.test(line)) return refuse(`${JSON.stringify(line.slice(0, 40))} is no integer`);
  return exact(BigInt(line.replace('L', '')));
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** A string between quotes with Python's escapes, as STRING holds it; a character is a byte. */
export function literalString(line: string, refuse: Refuse): string {
  const quote = line[0];
  if (line.length < 2 || (quote !== "'" && quote !== '"') || line.at(-1) !== quote)
    return refuse('a string is not between quotes');
  return line.slice(1, -1).replaceAll(/\\(x[0-9a-f]{2}|[^x])/gi, (_, code: string) => {
    if (/^x/i.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return ESCAPES[code] ?? refuse(`the escape \\${code} is not known`);
  });
}

const exact = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
