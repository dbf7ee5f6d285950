import { type Reference, sha256, type Work } from '@oodgrid/contract';

/** Words that tell no title from another. */
const SMALL = new Set(['a', 'an', 'the', 'on', 'of', 'in', 'for', 'to', 'and', 'at', 'by', 'with']);

const MARK_DIGITS = 6;

/**
 * Gives each work its BibTeX key: the first author's last name, the year, the title's first word, so that the key is the same in every
 * run. Of works that would share one, each gets a mark made of its own title.
 */
export function withKeys<T extends Work>(works: readonly T[]): (T & Pick<Reference, 'key'>)[] {
  const plain = works.map(plainKey);
  return works.map((work, i) => {
    const key = plain[i] ?? '';
    const isShared = plain.filter((one) => one === key).length > 1;
    return { ...work, key: isShared ? `${key}-${markOf(work)}` : key };
  });
}

const markOf = ({ authors, title }: Work): string => sha256(`${authors}\n${title}`).slice(0, MARK_DIGITS);

function plainKey({ authors, title, year }: Work): string {
  const [first = ''] = authors.split(' and ');
  // `Last, First` is BibTeX's other way to write a name.
  const last = first.includes(',') ? first.split(',')[0] : first.split(' ').at(-1);
  const words = title.split(/[^\p{L}\p{N}]+/u).map(ascii);
  const word = words.find((one) => one !== '' && !SMALL.has(one)) ?? '';
  return `${ascii(last ?? '').replace(/^\d+/, '') || 'anonymous'}${year}${word}`.slice(0, 80);
}

/** Small letters and digits: `León` is `leon`. */
const ascii = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
