/** A source that cannot give a data set now: the next one is tried. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
}
