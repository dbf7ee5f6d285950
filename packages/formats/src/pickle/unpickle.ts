import type { Refuse } from '../what-is-this-file.js';
import { ByteCursor } from './byte-cursor.js';
import { literalInteger, literalString, littleEndianInteger } from './pickle-literals.js';
import { PickleStack } from './pickle-stack.js';
import {
  PickleDict,
  PickleGlobal,
  PickleObject,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from './pickle-value.js';

/** Globals and persistent ids that a reader permits in a pickle. */
export interface PickleNames {
  /** Returns the meaning of a Python global; undefined unless it is known to be data. */
  find(name: string): PickleGlobal | undefined;
  /** Returns an object kept outside the pickle, such as a tensor's storage. */
  persistent?(id: PickleValue): PickleValue;
  /** Advice to the user about a global that is refused. */
  advice(name: string): string;
}

export interface Unpickled {
  readonly value: PickleValue;
  /** Offset after the pickle's last byte. */
  readonly end: number;
}

const NEWEST_PROTOCOL = 5;

/**
 * Reads one pickle, protocols 0 to 5, from byte `at` on. Nothing of it is executed: a global that `names` does not know, and
 * every opcode that could reach one by other ways (extension registry, out-of-band buffers), is refused by name. Memory stays
 * within a small multiple of the file: every length is checked against what is there. Throws by `refuse`.
 */
export function unpickle(bytes: Uint8Array, names: PickleNames, refuse: Refuse, at = 0): Unpickled {
  return new Machine(bytes, names, refuse, at).run();
}

class Machine {
  readonly #in: ByteCursor;
  readonly #names: PickleNames;
  readonly #refuse: Refuse;
  readonly #stack: PickleStack;
  #opcodeAt = 0;

  constructor(bytes: Uint8Array, names: PickleNames, refuse: Refuse, at: number) {
    this.#refuse = (what) => refuse(`${what} (opcode at byte ${this.#opcodeAt})`);
    this.#in = new ByteCursor(bytes, this.#refuse, at);
    this.#stack = new PickleStack(this.#refuse);
    this.#names = names;
  }

  run(): Unpickled {
    for (;;) {
      this.#opcodeAt = this.#in.position;
      const opcode = this.#in.byte();
      if (opcode === 0x2e) return { value: this.#stack.pop(), end: this.#in.position };
      if (!(this.#scalar(opcode) || this.#container(opcode) || this.#memory(opcode) || this.#named(opcode)))
        this.#refuse(`opcode 0x${opcode.toString(16).padStart(2, '0')} is not read`);
    }
  }

  /** Numbers, text and bytes. */
  #scalar(opcode: number): boolean {
    const input = this.#in;
    switch (opcode) {
      case 0x4e: // NONE
        return this.#stack.push(null);
      case 0x88: // NEWTRUE
        return this.#stack.push(true);
      case 0x89: // NEWFALSE
        return this.#stack.push(false);
      case 0x4b: // BININT1
        return this.#stack.push(input.byte());
      case 0x4d: // BININT2
        return this.#stack.push(input.uint16());
      case 0x4a: // BININT
        return this.#stack.push(input.int32());
      case 0x8a: // LONG1
        return this.#stack.push(littleEndianInteger(input.take(input.byte()), this.#refuse));
      case 0x8b: // LONG4
        return this.#stack.push(littleEndianInteger(input.take(input.uint32()), this.#refuse));
      case 0x49: // INT
      case 0x4c: // LONG
        return this.#stack.push(literalInteger(input.line(), this.#refuse));
      case 0x47: // BINFLOAT
        return this.#stack.push(input.bigEndianDouble());
      case 0x46: // FLOAT
        return this.#stack.push(Number.parseFloat(input.line()));
      case 0x53: // STRING
        return this.#stack.push(literalString(input.line(), this.#refuse));
      case 0x54: // BINSTRING
        return this.#stack.push(latin1(input.take(input.uint32())));
      case 0x55: // SHORT_BINSTRING
        return this.#stack.push(latin1(input.take(input.byte())));
      case 0x58: // BINUNICODE
        return this.#stack.push(this.#utf8(input.take(input.uint32())));
      case 0x8c: // SHORT_BINUNICODE
        return this.#stack.push(this.#utf8(input.take(input.byte())));
      case 0x8d: // BINUNICODE8
        return this.#stack.push(this.#utf8(input.take(input.uint64())));
      case 0x42: // BINBYTES
        return this.#stack.push(input.take(input.uint32()));
      case 0x43: // SHORT_BINBYTES
        return this.#stack.push(input.take(input.byte()));
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.#stack.push(input.take(input.uint64()));
      default:
        return false;
    }
  }

  #container(opcode: number): boolean {
    switch (opcode) {
      case 0x5d: // EMPTY_LIST
        return this.#stack.push([]);
      case 0x6c: // LIST
        return this.#stack.push(this.#stack.popToMark());
      case 0x61: // APPEND
        return this.#append([this.#stack.pop()]);
      case 0x65: // APPENDS
        return this.#append(this.#stack.popToMark());
      case 0x29: // EMPTY_TUPLE
        return this.#stack.push(new PickleTuple([]));
      case 0x74: // TUPLE
        return this.#stack.push(new PickleTuple(this.#stack.popToMark()));
      case 0x85: // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87:
        return this.#stack.push(new PickleTuple(this.#stack.popCount(opcode - 0x84)));
      case 0x7d: // EMPTY_DICT
        return this.#stack.push(new PickleDict());
      case 0x64: {
        // DICT
        const items = this.#stack.popToMark();
        this.#stack.push(new PickleDict());
        return this.#setItems(items);
      }
      case 0x73: // SETITEM
        return this.#setItems(this.#stack.popCount(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#stack.popToMark());
      case 0x8f: // EMPTY_SET
        return this.#stack.push(new PickleSet());
      case 0x90: {
        // ADDITEMS
        const items = this.#stack.popToMark();
        const set = this.#stack.top();
        if (!(set instanceof PickleSet)) return this.#refuse('items are added to what is no set');
        for (const item of items) set.items.push(item);
        return true;
      }
      case 0x91: {
        // FROZENSET
        const set = new PickleSet();
        for (const item of this.#stack.popToMark()) set.items.push(item);
        return this.#stack.push(set);
      }
      default:
        return false;
    }
  }

  /** Stack and memo, and what says nothing about data. */
  #memory(opcode: number): boolean {
    const input = this.#in;
    switch (opcode) {
      case 0x80: {
        // PROTO
        const protocol = input.byte();
        return protocol <= NEWEST_PROTOCOL || this.#refuse(`protocol ${protocol} is not known`);
      }
      case 0x95: // FRAME
        input.uint64();
        return true;
      case 0x28: // MARK
        return this.#stack.mark();
      case 0x30: // POP
        return this.#stack.drop();
      case 0x31: // POP_MARK
        this.#stack.popToMark();
        return true;
      case 0x32: // DUP
        return this.#stack.push(this.#stack.top());
      case 0x70: // PUT
        return this.#stack.remember(this.#memoKey(input.line()));
      case 0x71: // BINPUT
        return this.#stack.remember(input.byte());
      case 0x72: // LONG_BINPUT
        return this.#stack.remember(input.uint32());
      case 0x94: // MEMOIZE
        return this.#stack.remember(this.#stack.remembered);
      case 0x67: // GET
        return this.#stack.recall(this.#memoKey(input.line()));
      case 0x68: // BINGET
        return this.#stack.recall(input.byte());
      case 0x6a: // LONG_BINGET
        return this.#stack.recall(input.uint32());
      default:
        return false;
    }
  }

  /** Whatever stands for an object of Python. */
  #named(opcode: number): boolean {
    switch (opcode) {
      case 0x63: // GLOBAL
        return this.#stack.push(this.#global(this.#in.line(), this.#in.line()));
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#stack.popCount(2);
        if (typeof module !== 'string' || typeof name !== 'string')
          return this.#refuse('a global is named by something that is no text');
        return this.#stack.push(this.#global(module, name));
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const [callee, args] = this.#stack.popCount(2);
        return this.#stack.push(this.#call(callee, args));
      }
      case 0x62: {
        // BUILD
        const state = this.#stack.pop();
        const target = this.#stack.top();
        if (target instanceof PickleObject) target.setState(state);
        // Attributes of an ordered dict are bookkeeping of PyTorch's modules.
        else if (!(target instanceof PickleDict)) return this.#refuse('a state is given to plain data');
        return true;
      }
      case 0x50: // PERSID
        return this.#stack.push(this.#persistent(this.#in.line()));
      case 0x51: // BINPERSID
        return this.#stack.push(this.#persistent(this.#stack.pop()));
      default:
        return false;
    }
  }

  #global(module: string, name: string): PickleGlobal {
    const full = `${module}.${name}`;
    const found = this.#names.find(full);
    if (found !== undefined) return found;
    const shown = JSON.stringify(full.slice(0, 120));
    return this.#refuse(`it names ${shown}, which is code and not data; ${this.#names.advice(full)}`);
  }

  #call(callee: PickleValue | undefined, args: PickleValue | undefined): PickleValue {
    if (!(callee instanceof PickleGlobal) || !(args instanceof PickleTuple))
      return this.#refuse('something is called that is no function');
    if (callee.call === undefined) return this.#refuse(`${callee.name} is called, which only names a type`);
    return callee.call(args.items);
  }

  #persistent(id: PickleValue): PickleValue {
    if (this.#names.persistent === undefined) return this.#refuse('it refers to what lies outside of it');
    return this.#names.persistent(id);
  }

  #append(items: readonly PickleValue[]): true {
    const list = this.#stack.top();
    if (!Array.isArray(list)) return this.#refuse('items are appended to what is no list');
    for (const item of items) list.push(item);
    return true;
  }

  #setItems(items: readonly PickleValue[]): true {
    const dict = this.#stack.top();
    if (!(dict instanceof PickleDict) || items.length % 2 !== 0)
      return this.#refuse('keys and values are set where there is no dict');
    for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i] ?? null, items[i + 1] ?? null);
    return true;
  }

  #memoKey(line: string): number {
    return /^\d{1,10}$/.test(line) ? Number(line) : this.#refuse('a place of the memo is no number');
  }

  #utf8(bytes: Uint8Array): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return this.#refuse('a text is no UTF-8');
    }
  }
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
