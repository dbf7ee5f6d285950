/** Okabe and Ito's colours, told apart by everyone; dashes tell them apart in print. */
const SERIES = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#e69f00',
  '#7f5fc7',
  '#8c8c8c',
] as const;
const DASHES = ['none', '6 3', '2 2', '8 3 2 3'] as const;

/** Curves that can be told apart in one picture. */
export const SERIES_STYLES = SERIES.length * DASHES.length;

export const seriesStyle = (index: number): string => `s${index % SERIES_STYLES}`;

const seriesRules = Array.from({ length: SERIES_STYLES }, (_, i) => {
  const color = SERIES[i % SERIES.length];
  const dash = DASHES[Math.floor(i / SERIES.length)];
  return `.s${i}{stroke:${color};stroke-dasharray:${dash}}.key.s${i}{border-top:3px ${i < SERIES.length ? 'solid' : 'dashed'} ${color}}`;
}).join('');

/** Of a correlation of 0 to 1 in tenths. */
const correlationRules = Array.from(
  { length: 11 },
  (_, i) => `.c${i}{background:color-mix(in srgb,var(--accent) ${5 * i}%,transparent)}`,
).join('');

export const STYLES = `
:root{color-scheme:light dark;--text:#1b1f24;--muted:#59636e;--line:#d8dee4;--page:#fff;--card:#f6f8fa;--accent:#0072b2;--doubt:#a84300}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--muted:#9198a1;--line:#30363d;--page:#0d1117;--card:#161b22;--accent:#56b4e9;--doubt:#ff9a4d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:40px 0 10px}h3{font-size:16px;margin:0}
p{margin:6px 0}.muted,figcaption,.facts dt{color:var(--muted)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(330px,1fr));gap:4px 24px;margin:14px 0;padding:14px 18px;background:var(--card);border:1px solid var(--line);border-radius:8px}
.facts div{display:flex;gap:8px}.facts dt{flex:none}.facts dd{margin:0;overflow-wrap:anywhere}.facts div:last-child{grid-column:1/-1}
.warnings{margin:16px 0;padding:12px 18px;border:1px solid var(--line);border-left:5px solid var(--muted);border-radius:8px;background:var(--card)}
.warnings.serious{border-color:var(--doubt)}.warnings h2{margin:0 0 6px;font-size:17px}.warnings h3{font-size:13px;font-weight:600;margin-top:8px}
.warnings ul{margin:2px 0;padding-left:22px}.warnings li{overflow-wrap:anywhere}
.accuracies{width:auto}.accuracies :is(th,td):nth-child(2){text-align:left}.accuracies th:last-child,.accuracies td:last-child{text-align:right;min-width:0}.doubted :is(th,td){color:var(--doubt);font-weight:600}
.left-out{margin:16px 0;padding:10px 18px;border:1px solid var(--line);border-left:5px solid var(--accent);border-radius:8px;background:var(--card)}
details{margin:10px 0}summary{cursor:pointer;color:var(--accent)}
.tests,.overview{width:auto}.tests th:last-child,.tests td:last-child{text-align:right}
.wide{overflow-x:auto}.overview-box{max-height:70vh;overflow-y:auto}
@media print{.overview-box{max-height:none}}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:7px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child,th:last-child,td:last-child{text-align:left}
thead th{font-weight:600;border-bottom:2px solid var(--line)}tbody th{font-weight:500}
td:last-child{white-space:normal;min-width:120px}tbody tr:hover{background:var(--card)}
.interval{display:block;font-weight:400;font-size:12px;color:var(--muted)}.best{font-weight:700}
.overlay{display:grid;grid-template-columns:minmax(0,560px) 1fr;gap:20px;align-items:center;margin:18px 0}
.legend{list-style:none;margin:0;padding:0}.legend li{display:flex;align-items:center;gap:10px;margin:5px 0}
.key{display:inline-block;width:30px;height:0;flex:none}
.cell{margin:14px 0;padding:14px 16px;border:1px solid var(--line);border-radius:8px}
.cell header{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;margin-bottom:6px}
.plots{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:14px}
figure{margin:0}figcaption{font-size:13px;text-align:center}
svg{display:block;width:100%;height:auto;font-size:11px}
svg text{fill:var(--muted)}svg .title{font-size:11.5px}.grid{stroke:var(--line);stroke-width:.7}
.curve{fill:none;stroke-width:2}.curve.one{stroke:var(--accent)}.diagonal{stroke:var(--muted);stroke-dasharray:3 3;fill:none}
${correlationRules}
.correlations :is(th,td){padding:3px 5px}.correlations td:last-child{min-width:0}
.ranks{min-width:760px}.leader{fill:none;stroke:var(--muted);stroke-width:.8}.axis{stroke:var(--text)}.clique{stroke:var(--accent);stroke-width:3.5}
.area{stroke-width:1.2;fill-opacity:.28}.area.id{fill:#0072b2;stroke:#0072b2}.area.ood{fill:#d55e00;stroke:#d55e00}
.swatch{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 5px 0 10px;vertical-align:-1px}
.swatch.id{background:#0072b2}.swatch.ood{background:#d55e00}
a{color:var(--accent)}.references li{margin:6px 0;overflow-wrap:anywhere}
code{font-size:13px;overflow-wrap:anywhere}
@media (max-width:760px){.plots,.overlay{grid-template-columns:minmax(0,1fr)}}
@media print{.cell,.warnings{break-inside:avoid}}
${seriesRules}`;
