import type { Cell, Comparison } from '@oodgrid/contract';
import { bestRow } from '../cell-groups.js';
import { countText } from '../count-text.js';
import { pText, type TestAgainstBest, testsAgainstBest } from '../paired-tests.js';
import { percent } from '../percent.js';
import type { ShownGroup } from '../shown-rows.js';
import { escapeHtml } from './escape.js';

/** DeLong's paired test of each shown row against the best one of its table; empty where none was made. */
export function* testsHtml(
  { group, cells }: ShownGroup,
  comparisons: readonly Comparison[],
): Generator<string> {
  const tests = testsAgainstBest(group, comparisons);
  const best = bestRow(group.cells);
  const rows = cells.flatMap((cell) => {
    const test = tests.get(cell.method);
    return test === undefined ? [] : [{ cell, test }];
  });
  if (best === undefined || rows.length === 0) return;
  yield `<details><summary>Paired tests against ${escapeHtml(best.title)}</summary><div class="wide"><table class="tests"><thead><tr><th scope="col">Method</th><th scope="col">AUROC difference</th><th scope="col">p</th><th scope="col">Shared samples</th></tr></thead><tbody>`;
  for (const { cell, test } of rows) yield rowHtml(cell, test);
  yield `</tbody></table></div><p class="muted">Difference of the row's AUROC from the best one's, in percentage points, and DeLong's two-sided p, on the test samples that both have (ID + OOD).</p></details>\n`;
}

function rowHtml({ title }: Cell, test: TestAgainstBest): string {
  const { difference, samplesId, samplesOod } = test;
  const sign = difference > 0 ? '+' : '';
  return `<tr><th scope="row">${escapeHtml(title)}</th><td>${sign}${percent(difference)}</td><td>${escapeHtml(pText(test))}</td><td>${countText(samplesId)} + ${countText(samplesOod)}</td></tr>`;
}
