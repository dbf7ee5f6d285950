import { readFileSync } from 'node:fs';

/** A fenced block of a guide: what a reader is told to write, to change, to run, or to see. */
export type Step =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  /** Lines that begin with `+` are added, those with `-` removed; all that do not begin with `+` are there, once. */
  | { readonly kind: 'change'; readonly path: string; readonly text: string }
  | { readonly kind: 'run'; readonly commands: readonly string[] }
  /** Each line is somewhere in what the commands before it printed. */
  | { readonly kind: 'see'; readonly lines: readonly string[] };

const FENCE = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;

/** The steps of a page, in its order. Throws for a block that a reader could not follow. */
export function stepsOf(page: string): Step[] {
  return [...readFileSync(page, 'utf8').matchAll(FENCE)].map(([, language = '', path, text = '']): Step => {
    const lines = text.split('\n').filter((line) => line !== '');
    if (language === 'diff' && path !== undefined) return { kind: 'change', path, text };
    if (path !== undefined) return { kind: 'write', path, text };
    if (language === 'sh') return { kind: 'run', commands: lines };
    if (language === 'text') return { kind: 'see', lines };
    throw new Error(`${page}: a ${language} block without a file`);
  });
}

/** Applies a `change`. Throws where the lines that should be there are not, or are there more than once. */
export function changed(source: string, text: string, path: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const without = (sign: string) =>
    `${lines
      .filter((line) => !line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n')}\n`;
  const parts = source.split(without('+'));
  if (parts.length !== 2) {
    throw new Error(`${path} has ${parts.length - 1} times what a guide changes:\n${without('+')}`);
  }
  return parts.join(without('-'));
}
