import { OodError } from '@oodgrid/contract';
import { rocMetrics } from '@oodgrid/stats';
import { auroc } from './metrics/auroc.js';
import { auprInOpenood, auprOutOpenood, fpr95Openood } from './metrics/openood.js';
import { bestSetting } from './parts/best-setting.js';
import { lastColumn } from './parts/last-column.js';
import { normalisationOfId } from './parts/normalisation.js';
import type { Protocol } from './protocol.js';

const NOTHING = { from: 0, to: 0 } as const;
/** OpenOOD takes 1,000 of the 10,000 test images of CIFAR: a tenth, and never more than that. */
const ID_VALIDATION = { share: 0.1, most: 1000 } as const;
/** Of an ID test set that validation samples are taken from. */
const MINIMUM = 20;

/**
 * The protocol of OpenOOD v1.5 (Zhang et al. 2023, arXiv 2306.09301): scores as they are, its metrics, each OOD set alone and the means of
 * groups. Settings are chosen by the AUROC of ID validation samples against those of an OOD validation set; a tenth of the ID test
 * set, drawn by the protocol's permutation, is for validation and is not tested. OpenOOD has fixed lists of them, a hundred of each class.
 */
export const openood: Protocol = {
  name: 'openood',
  reference: 'https://arxiv.org/abs/2306.09301',
  cites: {
    authors:
      'Jingyang Zhang and Jingkang Yang and Pengyun Wang and Haoqi Wang and Yueqian Lin and Haoran Zhang and Yiyou Sun and Xuefeng Du and Yixuan Li and Ziwei Liu and Yiran Chen and Hai Li',
    title: 'OpenOOD v1.5: Enhanced Benchmark for Out-of-Distribution Detection',
    year: 2023,
    arxiv: '2306.09301',
  },
  batch: 200,
  permutationSeed: 42,
  metrics: [auroc, fpr95Openood, auprInOpenood, auprOutOpenood],
  normalisation: normalisationOfId,
  // Files are often sorted by class: their first samples would be a validation set of one class.
  order: () => 'permuted',
  cut: ({ count }) => ({ fit: NOTHING, select: NOTHING, test: { from: 0, to: count } }),
  cutForChoice({ name, count }) {
    if (count < MINIMUM)
      throw new OodError(
        'invalid-input',
        `data set "${name}" has ${count} test samples; protocol openood takes a tenth of them to choose settings, which needs ${MINIMUM} or more: give a larger set, or chooseOn: none`,
      );
    const select = Math.min(ID_VALIDATION.most, Math.floor(count * ID_VALIDATION.share));
    return { fit: NOTHING, select: { from: 0, to: select }, test: { from: select, to: count } };
  },
  keptOod: (_idTest, oodTest) => oodTest,
  advice: 'all samples test but a tenth of the ID set, where settings are chosen',
  selection: {
    criterion: 'AUROC',
    select: (sweep) =>
      bestSetting(sweep, (candidate) => {
        const id = sweep.rows('select', 'id', candidate);
        const ood = sweep.rows('select', 'ood', candidate);
        // Where every sample is classified rightly, or none, ID data alone tell nothing: the method's own setting is taken.
        if (id.rows === 0 || ood.rows === 0) return 0;
        const { scores } = lastColumn();
        return rocMetrics(scores(id), scores(ood)).auroc;
      }),
  },
  combine: lastColumn,
  previewColumn: (columns) => columns - 1,
};
