export { cellKey } from './cell-groups.js';
export { resultsCsv } from './csv.js';
export { type CellScores, resultsHtml } from './html/report-html.js';
export { resultsLatex } from './latex.js';
export { resultsMarkdown } from './markdown.js';
export { resultsTable, type TableOptions } from './table-text.js';
