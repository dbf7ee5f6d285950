import type { Reference, ReferenceUse, Work } from '@oodgrid/contract';

/** `Yiyou Sun, Yifei Ming, Xiaojin Zhu and Yixuan Li. Title. Biometrics 44(3), 837-845, 1988. arXiv:2204.06507`; plain text, not escaped. */
export function referenceText(work: Work): string {
  const { authors, title, year, arxiv } = work;
  const names = authors.split(' and ');
  const all = [names.slice(0, -1).join(', '), names.at(-1) ?? ''].filter(Boolean).join(' and ');
  const place = [placeOf(work), year].filter((part) => part !== '').join(', ');
  const number = arxiv === undefined ? '' : ` arXiv:${arxiv}`;
  return `${all}. ${title}. ${place}.${number}`;
}

function placeOf({ journal, proceedings, institution, volume, number, pages }: Work): string {
  const issue = [volume ?? '', number === undefined ? '' : `(${number})`].join('');
  const where = [journal ?? proceedings ?? institution ?? '', issue].filter(Boolean).join(' ');
  return [where, pages ?? ''].filter(Boolean).join(', ');
}

const KINDS: Readonly<Record<ReferenceUse['kind'], string>> = {
  protocol: 'protocol',
  method: 'method',
  model: 'model',
  'data-set': 'data set',
  statistics: 'statistics:',
};

const MAX_USES = 20;

/** `protocol fssd-paper; method fssd; model lenet-fmnist (MIT)`, a bounded number of them; not escaped. */
export function usesText({ uses }: Reference): string {
  const left = uses.length - MAX_USES;
  const texts = uses.slice(0, MAX_USES).map(({ kind, name, at, licence }) => {
    const more = [at ?? '', licence === undefined ? '' : `licence: ${licence}`].filter(Boolean);
    return `${KINDS[kind]} ${name}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
  });
  return [...texts, ...(left > 0 ? [`... and ${left} more`] : [])].join('; ');
}
