/** A rule of the system was broken. */
export class Violation extends Error {}
