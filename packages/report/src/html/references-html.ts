import { linkOf, type Results } from '@oodgrid/contract';
import { BIBLIOGRAPHY } from '../bibtex.js';
import { referenceText, usesText } from '../reference-text.js';
import { escapeHtml } from './escape.js';

/** Works to cite, each with its uses; empty where results have none. */
export function* referencesHtml({ references }: Results): Generator<string> {
  if (references.length === 0) return;
  yield '<section class="references"><h2>References</h2><ol>';
  for (const reference of references) {
    const link = linkOf(reference);
    const address = link === undefined ? '' : escapeHtml(link);
    const where = link === undefined ? '' : ` <a href="${address}" rel="noreferrer">${address}</a>`;
    yield `<li id="ref-${reference.key}">${escapeHtml(referenceText(reference))}${where}<br><span class="muted">${escapeHtml(usesText(reference))}</span></li>`;
  }
  yield `</ol><p class="muted">For BibTeX: <code>${BIBLIOGRAPHY.name}</code>.</p></section>\n`;
}
