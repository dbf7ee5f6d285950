import prettyBytes from 'pretty-bytes';

/** `1.2 GiB`: binary units, one decimal at most. */
export const byteSize = (bytes: number): string =>
  prettyBytes(bytes, { binary: true, maximumFractionDigits: 1 });
