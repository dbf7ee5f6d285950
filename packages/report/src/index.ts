export { BIBLIOGRAPHY } from './bibtex.js';
export { comparedText } from './compare/compare-text.js';
export { type ComparedTable, comparedTables, LEVEL } from './compare/compared-tables.js';
export { REPORT_FORMATS } from './formats/catalog.js';
export type { CellScores, Report, ReportFile, ReportFormat } from './formats/format.js';
export { type GroupRow, groupRows, openoodCsv, type SeedMean, type SetValues } from './group-means.js';
export { resultsTable, type TableOptions } from './table-text.js';
export { type TableColumn, type TableEntry, textTable } from './text-table.js';
export { padRight, wrapText } from './text-width.js';
