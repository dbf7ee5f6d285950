// All 40 cells of OpenOOD's published file from its own confidences:
//   python openood_scores.py all s0.pkl s1.pkl s2.pkl FOLDER && node check-openood.mjs FOLDER scale.csv
// Compile first (npm run setup).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseNpz } from '@oodgrid/formats';
import { auprInOpenood, auprOutOpenood, auroc, fpr95Openood } from '@oodgrid/protocols';
import { groupRows, openoodCsv } from '@oodgrid/report';
import { countGroups, rankScores } from '@oodgrid/stats';

const [folder, published] = process.argv.slice(2);
const METRICS = [fpr95Openood, auroc, auprInOpenood, auprOutOpenood];
const seeds = [0, 1, 2].map((i) => parseNpz(readFileSync(join(folder, `s${i}.npz`))));
const numbers = (arrays, key) => Float64Array.from(arrays.get(key).data);
const sets = [...seeds[0].keys()]
  .filter((key) => key.includes('/'))
  .map((key) => {
    const [group, set] = key.split('/');
    const values = seeds.map((arrays) => {
      const { idGroup, oodGroup, thresholds } = rankScores(numbers(arrays, 'id'), numbers(arrays, key));
      const counts = [idGroup, oodGroup].map((one) => countGroups(one, thresholds.length));
      return [...METRICS.map(({ of }) => of(...counts)), numbers(arrays, 'accuracy')[0]];
    });
    return { set, group, seeds: values };
  });
const ours = openoodCsv(['FPR@95', 'AUROC', 'AUPR_IN', 'AUPR_OUT', 'ACC'], groupRows(sets)).split('\n');
const theirs = readFileSync(published, 'utf8').split('\n');
let [same, differ] = [0, 0];
for (const [i, line] of theirs.entries())
  for (const [j, cell] of line.split(',').entries()) {
    if (i === 0 || j === 0 || line === '') continue;
    if (ours[i]?.split(',')[j] === cell) same++;
    else {
      differ++;
      console.log(`${line.split(',')[0]}, column ${j}: published ${cell}, here ${ours[i]?.split(',')[j]}`);
    }
  }
console.log(ours.join('\n').trimEnd());
console.log(
  `${same} of ${same + differ} cells equal the published ones to the last digit; the files are ${ours.join('\n') === theirs.join('\n') ? 'the same' : 'not the same'}`,
);
process.exitCode = differ === 0 ? 0 : 1;
