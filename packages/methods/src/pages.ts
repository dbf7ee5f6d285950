import { linkOf } from '@oodgrid/contract';
import { needsOf, optionsOf, reference } from './cards.js';
import { METHODS } from './catalog.js';
import type { Citation, Method } from './method.js';

const GENERATED =
  '<!-- Made by "npm run generate" from packages/methods/src; edit the method\'s file there. -->';

/**
 * Documentation of every method, by file name: a page each, and a `README.md` that lists them. `scripts`: what the reference script of an
 * arithmetic says of itself, by its name; `others`: how other libraries' scores compare, a sentence each.
 */
export function methodPages(
  scripts: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', index()],
    ...METHODS.map((method) => [`${method.name}.md`, page(method, scripts, others)] as const),
  ]);
}

function index(): string {
  const rows = METHODS.map(
    ({ name, card }) =>
      `| [\`${name}\`](${name}.md) | ${cell(card.title)} | \`${cell(card.score)}\` | ${cell(card.cost ?? '')} |`,
  );
  const text = `${GENERATED}
# Methods

What \`methods\` of a grid may name. Higher scores are more in-distribution, unless a regression over several columns decides. Costs are beside the forward pass, which
all methods share: of n samples of D features and C classes, and of a fit on N.

| name | method | score | cost |
| --- | --- | --- | --- |
`;
  return `${text}${rows.join('\n')}\n`;
}

function page(
  method: Method,
  scripts: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, readonly string[]>,
): string {
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

${paper}Needs ${needs}.${of}${card.cost === undefined ? '' : ` Cost: ${card.cost}.`}

${options(method)}
${verified(method, scripts)}${beside(others.get(arithmetic.name))}${quarrels(method)}
Revision ${arithmetic.revision}.
`;
}

const paperOf = (cites: Citation): string =>
  `${reference(cites)}: [${cites.title}](${linkOf(cites)})${cites.at === undefined ? '' : `, ${cites.at}`}.`;

function options(method: Method): string {
  const rows = optionsOf(method).map((option) => {
    const value = option.isRequired ? 'required' : `\`${JSON.stringify(option.default ?? null)}\``;
    return `| \`${option.name}\` | ${cell(option.text)} | ${option.default === undefined && !option.isRequired ? '' : cell(value)} |\n`;
  });
  if (rows.length === 0) return 'It has no options.\n';
  return `| option | what it is | default |\n| --- | --- | --- |\n${rows.join('')}`;
}

/** Against what an independent computation its numbers are held. */
function verified({ arithmetic: { name } }: Method, scripts: ReadonlyMap<string, string>): string {
  const script = scripts.get(name);
  return script === undefined
    ? "## Verified\n\nSample by sample against the paper's code: [conformance](../conformance.md).\n"
    : `## Verified\n\nAgainst [${name}.py](../../packages/engine/test/methods/reference/${name}.py): ${script}\n`;
}

/** How the scores of other libraries compare, on the same features. */
const beside = (lines: readonly string[] = []): string =>
  lines.length === 0
    ? ''
    : `\n## Beside other libraries\n\n[On the same features](../../test/conformance/third-party/third-party.test.ts):\n\n${lines.map((line) => `- ${line}\n`).join('')}`;

function quarrels({ card }: Method): string {
  const lines = (card.quarrels ?? []).map((line) => `- ${line}\n`);
  return lines.length === 0 ? '' : `\n## Where paper and code differ\n\n${lines.join('')}`;
}

/** Text in a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|');
