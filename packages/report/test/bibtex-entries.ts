/** An entry of a .bib file. */
export interface BibtexEntry {
  readonly type: string;
  readonly key: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Entries whose fields are values in braces, read as strictly as BibTeX reads them. Throws for anything else. */
export function bibtexEntries(text: string): BibtexEntry[] {
  const entries: BibtexEntry[] = [];
  let at = 0;
  const take = (pattern: RegExp): string => {
    const sticky = new RegExp(pattern.source, 'yu');
    sticky.lastIndex = at;
    const match = sticky.exec(text);
    if (match === null) throw new Error(`expected ${pattern} at ${JSON.stringify(text.slice(at, at + 40))}`);
    at += match[0].length;
    return match[1] ?? match[0];
  };
  while (at < text.length) {
    take(/\s*/);
    const type = take(/@([a-z]+)\{/);
    const key = take(/([a-z][a-z0-9-]*),\s*/);
    const fields = new Map<string, string>();
    while (text[at] !== '}') {
      const name = take(/([a-z]+) = /);
      if (fields.has(name)) throw new Error(`${key}: ${name} twice`);
      fields.set(name, braced());
      take(/,\s*/);
    }
    at++;
    take(/\s*/);
    entries.push({ type, key, fields });
  }
  return entries;

  /** BibTeX counts braces alone: a backslash before one changes nothing. */
  function braced(): string {
    const from = at;
    let depth = 0;
    do {
      if (text[at] === '{') depth++;
      if (text[at] === '}') depth--;
      if (at++ >= text.length) throw new Error(`a brace is never closed: ${text.slice(from, from + 40)}`);
    } while (depth > 0);
    return text.slice(from + 1, at - 1);
  }
}
