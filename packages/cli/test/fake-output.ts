import { Writable } from 'node:stream';

/** A stream that keeps what it was sent, of a terminal or not. */
export function fakeOutput(isTTY: boolean, columns = 80) {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write: (part, _encoding, done) => {
      text += part;
      done();
    },
  });
  return { output: Object.assign(stream, { isTTY, columns }), text: () => text };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys.
const TOKEN = /\u001b\[\??(\d*)([A-Za-z])|[\s\S]/g;

/** The rows that a terminal shows after it was sent a text: as much of one as a status line makes use of. */
export function screen(text: string, columns: number): string[] {
  const rows: string[][] = [];
  let [row, column] = [0, 0];
  for (const [token, count = '', verb] of text.matchAll(TOKEN)) {
    rows[row] ??= [];
    if (verb === 'A') row -= Number(count || 1);
    else if (verb === 'G') column = Number(count || 1) - 1;
    else if (verb === 'K') rows[row]?.splice(count === '2' ? 0 : column);
    // Begin and end of what is shown at once.
    else if (verb === 'h' || verb === 'l') continue;
    else if (verb !== undefined) throw new Error(`a status line sends ${JSON.stringify(token)}?`);
    else if (token === '\n') [row, column] = [row + 1, 0];
    else {
      if (column === columns) [row, column] = [row + 1, 0];
      rows[row] ??= [];
      rows[row]?.splice(column++, 1, token);
    }
  }
  while (rows.at(-1)?.length === 0) rows.pop();
  return rows.map((shown) => shown.join(''));
}
