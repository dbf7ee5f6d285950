import { visible } from '@oodgrid/contract';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that may stand anywhere in HTML or SVG, attributes included. */
export const escapeHtml = (text: string): string =>
  visible(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
