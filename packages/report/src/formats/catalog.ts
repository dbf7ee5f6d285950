import { csv } from './csv.js';
import type { ReportFormat } from './format.js';
import { html } from './html.js';
import { latex } from './latex.js';
import { markdown } from './markdown.js';

/** Every format that a grid may ask for. A new one is a file beside this one, and a line here. */
export const REPORT_FORMATS: readonly ReportFormat[] = [csv, markdown, latex, html];
