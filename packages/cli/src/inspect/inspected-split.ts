import { ImageIndex } from './image-index.js';
import { type ChannelStatistics, pixelStatistics } from './pixel-statistics.js';

/** A split as it was loaded. */
export interface LoadedImages {
  readonly images: Uint8Array | Float32Array;
  readonly labels?: Uint8Array | Int32Array;
  readonly shape: readonly [n: number, height: number, width: number, channels: number];
}

/** Facts about a split that are kept once its images are released. */
export interface InspectedSplit {
  readonly index: ImageIndex;
  readonly channels: readonly ChannelStatistics[];
  /** Null where there are none. */
  readonly labels: Uint8Array | Int32Array | null;
}

export function inspectSplit({ images, labels, shape }: LoadedImages): InspectedSplit {
  return {
    index: new ImageIndex(images, shape[0]),
    channels: pixelStatistics(images, shape),
    // A copy: a view would keep the whole file in memory.
    labels: labels?.slice() ?? null,
  };
}
