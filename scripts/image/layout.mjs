/** Directory of the product in an image. */
export const APP = 'opt/ood-grid';

/** Nobody: the user and group that images run as. */
export const USER = 65532;

/** The only folders that are written to: volumes are mounted there. */
export const WRITABLE = ['tmp', 'var/lib/ood-grid', 'var/cache/ood-grid'];

/** Parts of an image beside Node, its libraries and the product's own packages. */
export const PARTS = {
  /** Also the image of clients, which read weights and data and compute nothing. */
  coordinator: { leftOut: /^@tensorflow\//, hasEngine: false, hasModels: true },
  worker: { leftOut: /^$/, hasEngine: true, hasModels: false },
};
