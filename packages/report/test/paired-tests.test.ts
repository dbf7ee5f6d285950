import { describe, expect, it } from 'vitest';
import { pText } from '../src/paired-tests.js';
import { reportText } from './report-text.js';
import { sampleResults } from './sample-results.js';

describe('the text of a p', () => {
  it.each([
    [1, 0, '1.00'],
    [0.0496, Math.log10(0.0496), '0.0496'],
    [0.001, -3, '0.00100'],
    [4.14e-9, Math.log10(4.14e-9), '4.1e-9'],
    [1e-300, -300, '1.0e-300'],
    [5e-324, -323.5, '3.2e-324'],
    [0, -412.38, '4.2e-413'],
    [0, -399.999, '1.0e-400'],
    [0, -1_234_567.5, '3.2e-1234568'],
    [0, null, '< 1e-308'],
  ])('%s (log10 %s) is %s', (p, log10P, text) => {
    expect(pText({ p, log10P })).toBe(text);
  });
});

const results = sampleResults((one) => {
  const [close, worse] = sampleResults().comparisons;
  one.comparisons = [
    close,
    { ...worse, p: 0, log10P: -412.38 },
    { ...worse, ood: 'other', p: 0, log10P: null },
  ];
});

it('comparisons.csv has every digit, and no p that is 0', () => {
  expect(reportText('comparisons.csv', results).split('\r\n')).toEqual([
    'id,ood,model,a,b,difference,p,log10_p,samples_id,samples_ood',
    'clothes,digits,net,best,close,0.005,0.3,,100,100',
    'clothes,digits,net,best,worse,0.29,4.2e-413,-412.38,100,100',
    'clothes,other,net,best,worse,0.29,< 1e-308,,100,100',
    '',
  ]);
});

it('the page has each row tested against the best of its table', () => {
  const page = reportText('report.html', results);
  expect(page).toContain('<summary>Paired tests against Best_1</summary>');
  expect(page).toContain(
    '<th scope="row">&lt;b&gt;Worse&lt;/b&gt;</th><td>-29.00</td><td>4.2e-413</td><td>1.3e-412</td><td>100 + 100</td>',
  );
  expect(page).toContain('<td>-0.50</td><td>0.300</td>');
  expect(page).not.toMatch(/<td>0<\/td>/);
});

it('a table without tests has no section of them', () => {
  const none = sampleResults((one) => {
    one.comparisons = [];
  });
  expect(reportText('report.html', none)).not.toContain('<details');
});
