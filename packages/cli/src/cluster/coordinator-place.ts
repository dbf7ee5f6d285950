import { connect } from 'node:net';
import { type Log, OodError } from '@oodgrid/contract';
import { awaitClusterFile, readClusterFile } from './cluster-file.js';

/** An address that does not answer within this time is of another network. */
const PROBE_MS = 3000;

/** The coordinator's present address: fixed, or read from a cluster file (`@FILE`) again each time it is asked for. */
export class CoordinatorPlace {
  readonly #file: string | null;
  #address: string;
  #addresses: readonly string[];

  private constructor(file: string | null, addresses: readonly string[]) {
    this.#file = file;
    this.#addresses = addresses;
    this.#address = addresses[0] ?? '';
  }

  /** `text`: HOST:PORT, `unix:` and a path, or `@` and a cluster file, which is waited for. */
  static async open(text: string, log: Log, waitMs?: number): Promise<CoordinatorPlace> {
    if (!text.startsWith('@')) return new CoordinatorPlace(null, [text]);
    const file = text.slice(1);
    const { addresses } = await awaitClusterFile(file, log, waitMs);
    const place = new CoordinatorPlace(file, addresses);
    await place.find();
    return place;
  }

  /** The address that was found last. */
  get address(): string {
    return this.#address;
  }

  /** Looks again: the first address of the file that answers, or the first one when none does. */
  async find(): Promise<string> {
    if (this.#file === null) return this.#address;
    try {
      this.#addresses = (await readClusterFile(this.#file)).addresses;
    } catch (thrown) {
      // It is being written, or its disk is away: what it said last may still be so.
      if (!(thrown instanceof OodError)) throw thrown;
    }
    const answers = await Promise.all(this.#addresses.map((address) => answersAt(address)));
    this.#address = this.#addresses[Math.max(0, answers.indexOf(true))] ?? this.#address;
    return this.#address;
  }
}

/** Whether somebody listens there. */
function answersAt(address: string): Promise<boolean> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: PROBE_MS });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
