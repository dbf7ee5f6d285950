import { OodError } from '@oodgrid/contract';
import { idxFiles, readIdxFile } from '../../idx-pair.js';
import { firstFile } from '../../sources/files-of.js';
import type { FolderFormat } from '../folder-format.js';
import { readImages } from '../user-images.js';
import { readLabels, usefulLabels } from '../user-labels.js';

/** Two IDX files, named as MNIST's. */
export const idx: FolderFormat = {
  files: (split) => idxFiles(split).map(([name]) => name),
  read: async (dir, split, reading, note) => {
    const [imageNames, labelNames] = idxFiles(split);
    const images = await firstFile(dir, imageNames);
    if (images === undefined) return undefined;
    const content = readImages(readIdxFile(images.bytes, images.path), reading, images.path, note);
    const labels = await firstFile(dir, labelNames);
    if (labels === undefined) {
      if (reading.labels !== 'needed') return content;
      throw new OodError(
        'not-found',
        `${images.path}: no labels beside it; looked for ${labelNames.join(', ')}`,
      );
    }
    const read = usefulLabels(reading.labels, note, () =>
      readLabels(readIdxFile(labels.bytes, labels.path), content.shape[0], labels.path, note),
    );
    return read === undefined ? content : { ...content, labels: read };
  },
};
