/** Newest version of the conversation between a coordinator and its workers and clients that this release speaks. */
export const WIRE_VERSION = 3;
/**
 * The oldest that it speaks, which is what workers and clients say: a coordinator of the release before knows no other. A release
 * that makes a new version keeps this one, so that neighbours work together while a cluster is upgraded. None was released before 3.
 */
export const OLDEST_WIRE_VERSION = 3;

/** Whether this release speaks the version that a worker or client has named. */
export const isWireVersionSpoken = (version: number): boolean =>
  version >= OLDEST_WIRE_VERSION && version <= WIRE_VERSION;

/** Refusal of a worker or client of a release that is too far away. */
export function wireVersionRefusal(who: string, version: number): string {
  const own =
    OLDEST_WIRE_VERSION === WIRE_VERSION ? `${WIRE_VERSION}` : `${OLDEST_WIRE_VERSION} to ${WIRE_VERSION}`;
  const older = version < OLDEST_WIRE_VERSION ? who : 'the coordinator';
  return `${who} speaks wire version ${version}, this coordinator ${own}: install a newer version of ${older}`;
}
