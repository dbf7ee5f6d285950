import type { Cell, Comparison } from '@oodgrid/contract';
import { log10Text } from '../compare/compare-text.js';
import { comparedTable } from '../compare/compared-tables.js';
import { countText } from '../count-text.js';
import { pText, type TestAgainstBest } from '../paired-tests.js';
import { percent } from '../percent.js';
import type { ShownGroup } from '../shown-rows.js';
import { escapeHtml } from './escape.js';

/** DeLong's paired test of each shown row against the best one of its table; empty where none was made. */
export function* testsHtml(
  { group, cells }: ShownGroup,
  comparisons: readonly Comparison[],
): Generator<string> {
  const compared = comparedTable(group, comparisons);
  if (compared === undefined) return;
  const { best, family } = compared;
  const ofCell = new Map(compared.rows.map((row) => [row.cell, row]));
  const rows = cells.flatMap((cell) => {
    const { test, adjustedLog10P } = ofCell.get(cell) ?? {};
    return test === undefined || adjustedLog10P === undefined ? [] : [{ cell, test, adjustedLog10P }];
  });
  if (rows.length === 0) return;
  yield `<details><summary>Paired tests against ${escapeHtml(best.title)}</summary><div class="wide"><table class="tests"><thead><tr><th scope="col">Method</th><th scope="col">AUROC difference</th><th scope="col">p</th><th scope="col">p (Holm)</th><th scope="col">Shared samples</th></tr></thead><tbody>`;
  for (const { cell, test, adjustedLog10P } of rows) yield rowHtml(cell, test, adjustedLog10P);
  yield `</tbody></table></div><p class="muted">Difference of the row's AUROC from the best one's, in percentage points, and DeLong's two-sided p, on the test samples that both have (ID + OOD); p (Holm) is adjusted for all ${countText(family)} pairs of rows of the table.</p></details>\n`;
}

function rowHtml({ title }: Cell, test: TestAgainstBest, adjustedLog10P: number): string {
  const { difference, samplesId, samplesOod } = test;
  const sign = difference > 0 ? '+' : '';
  return `<tr><th scope="row">${escapeHtml(title)}</th><td>${sign}${percent(difference)}</td><td>${escapeHtml(pText(test))}</td><td>${escapeHtml(log10Text(adjustedLog10P))}</td><td>${countText(samplesId)} + ${countText(samplesOod)}</td></tr>`;
}
