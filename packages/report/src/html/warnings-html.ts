import type { Accuracy, Results } from '@oodgrid/contract';
import { countText } from '../count-text.js';
import { percent } from '../percent.js';
import {
  calibrationNote,
  doubtIndex,
  firstAccuracies,
  firstMessages,
  WARNINGS_PAGE,
  warningGroups,
} from '../result-warnings.js';
import { escapeHtml } from './escape.js';

const MAX_OF_A_KIND = 50;
const MAX_ACCURACIES = 500;

/** All warnings of a run, in a box at the top of the page; empty where there are none. */
export function warningsHtml({ warnings }: Results): string {
  if (warnings.length === 0) return '';
  const isSerious = warnings.some(({ severity }) => severity === 'serious');
  const groups = warningGroups(warnings).map((group) => {
    const items = firstMessages(group, MAX_OF_A_KIND).map((message) => `<li>${escapeHtml(message)}</li>`);
    return `<h3><code>${escapeHtml(group.code)}</code>${group.severity === 'notice' ? ' <span class="muted">notice</span>' : ''}</h3><ul>${items.join('')}</ul>`;
  });
  const title = isSerious ? 'Warnings: these numbers may not mean what they should' : 'Notices';
  return `<section class="warnings${isSerious ? ' serious' : ''}" role="note" aria-label="Warnings"><h2>${title}</h2>${groups.join('')}<p class="muted">What to do about each: ${WARNINGS_PAGE}</p></section>\n`;
}

/** Accuracies of the models on ID test sets. Of very many, those that a warning concerns come first. */
export function accuraciesHtml({ accuracies, warnings }: Results): string {
  if (accuracies.length === 0) return '';
  const isDoubted = doubtIndex(warnings);
  const left = accuracies.length - MAX_ACCURACIES;
  const shown = left > 0 ? firstAccuracies(accuracies, isDoubted, MAX_ACCURACIES) : accuracies;
  const hasCalibration = accuracies.some(({ calibration }) => calibration !== undefined);
  const numberHtml = ({ value, low, high }: Accuracy['accuracy']) =>
    `<td>${percent(value)}<span class="interval">${percent(low)}–${percent(high)}</span></td>`;
  const rows = shown.map((one) => {
    const { accuracy, calibration } = one;
    const error = calibration === undefined ? '<td></td>' : numberHtml(calibration);
    const card = one.cardAccuracy === null ? '' : percent(one.cardAccuracy);
    const doubted = isDoubted(one) ? ' class="doubted"' : '';
    return `<tr${doubted}><th scope="row">${escapeHtml(one.model)}</th><td>${escapeHtml(one.id)}</td>${numberHtml(accuracy)}${hasCalibration ? error : ''}<td>${card}</td><td>${countText(one.samples)}</td></tr>`;
  });
  const rest =
    left > 0 ? `<p class="muted">... and ${countText(left)} more in <code>results.json</code>.</p>` : '';
  return `<section><h2>Accuracy on the ID test sets</h2><div class="wide"><table class="accuracies"><thead><tr><th scope="col">Model</th><th scope="col">ID set</th><th scope="col">Accuracy</th>${hasCalibration ? '<th scope="col">ECE</th>' : ''}<th scope="col">Card</th><th scope="col">Samples</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${rest}<p class="muted">Share of the whole test set classified correctly, in percent, with Wilson's 95 % interval, beside what the model's card says.${calibrationNote(accuracies)}</p></section>`;
}
