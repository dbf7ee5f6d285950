import { needsOf, optionsOf, reference } from './cards.js';
import { METHODS } from './catalog.js';
import type { Citation, Method } from './method.js';

const GENERATED =
  '<!-- Made by "npm run generate" from packages/methods/src; edit the method\'s file there. -->';

/** Documentation of every method, by file name: a page each, and a `README.md` that lists them. */
export function methodPages(): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', index()],
    ...METHODS.map((method) => [`${method.name}.md`, page(method)] as const),
  ]);
}

function index(): string {
  const rows = METHODS.map(
    ({ name, card }) => `| [\`${name}\`](${name}.md) | ${cell(card.title)} | \`${cell(card.score)}\` |`,
  );
  const text = `${GENERATED}
# Methods

What \`methods\` of a grid may name. Higher scores are more in-distribution, unless a regression over several columns decides.

| name | method | score |
| --- | --- | --- |
`;
  return `${text}${rows.join('\n')}\n`;
}

function page(method: Method): string {
  const { name, card, arithmetic } = method;
  const paper = card.cites === undefined ? '' : `${paperOf(card.cites)}\n\n`;
  const needs = ['one forward pass', ...needsOf(method)].join(', ');
  const of =
    arithmetic.name === name
      ? ''
      : ` Its numbers are \`${arithmetic.name}\`'s, which it shares with every row of that arithmetic.`;
  return `${GENERATED}
# ${card.title}

\`${name}\`: \`${card.score}\`

${paper}Needs ${needs}.${of}

${options(method)}
Revision ${arithmetic.revision}.
`;
}

const paperOf = (cites: Citation): string =>
  `${reference(cites)}: [${cites.title}](https://arxiv.org/abs/${cites.arxiv})${cites.at === undefined ? '' : `, ${cites.at}`}.`;

function options(method: Method): string {
  const rows = optionsOf(method).map((option) => {
    const value = option.isRequired ? 'required' : `\`${JSON.stringify(option.default ?? null)}\``;
    return `| \`${option.name}\` | ${cell(option.text)} | ${option.default === undefined && !option.isRequired ? '' : cell(value)} |\n`;
  });
  if (rows.length === 0) return 'It has no options.\n';
  return `| option | what it is | default |\n| --- | --- | --- |\n${rows.join('')}`;
}

/** Text in a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|');
