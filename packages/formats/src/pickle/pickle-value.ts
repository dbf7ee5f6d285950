/** Values that a pickle may hold: data only, never an object whose construction runs code. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleTuple
  | PickleDict
  | PickleSet
  | PickleGlobal
  | PickleObject;

export class PickleTuple {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A dict of Python, an ordered one too. Keys that are no text or number are told apart by identity. */
export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();

  get(key: PickleValue): PickleValue | undefined {
    return this.entries.get(key);
  }
}

export class PickleSet {
  readonly items: PickleValue[] = [];
}

/** A name of Python that a reader has allowed. */
export class PickleGlobal {
  /** `module.name` */
  readonly name: string;
  /** Returns the value of a call; undefined for a global that is only named, as types are. */
  readonly call: ((args: readonly PickleValue[]) => PickleValue) | undefined;

  constructor(name: string, call?: (args: readonly PickleValue[]) => PickleValue) {
    this.name = name;
    this.call = call;
  }
}

/** Base of the objects that a reader's own globals construct, such as tensors. */
export abstract class PickleObject {
  /** Takes a state that the pickle gives it after it was made. */
  abstract setState(state: PickleValue): void;
}
