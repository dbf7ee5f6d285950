import type { Refuse } from '../what-is-this-file.js';
import type { PickleValue } from './pickle-value.js';

const MARK = Symbol('mark');

/** The stack and the memo of a pickle. What an opcode needs and is not there is refused; what changes it returns true. */
export class PickleStack {
  readonly #values: (PickleValue | typeof MARK)[] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #refuse: Refuse;

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  push(value: PickleValue): true {
    this.#values.push(value);
    return true;
  }

  mark(): true {
    this.#values.push(MARK);
    return true;
  }

  pop(): PickleValue {
    const value = this.top();
    this.#values.pop();
    return value;
  }

  /** Removes a value or a mark. */
  drop(): true {
    return this.#values.pop() !== undefined || this.#refuse('the stack is empty');
  }

  top(): PickleValue {
    const value = this.#values.at(-1);
    if (value === undefined || value === MARK) return this.#refuse('the stack is empty');
    return value;
  }

  /** The last values, in the order in which they were pushed. */
  popCount(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** The values after the last mark, which goes with them. */
  popToMark(): PickleValue[] {
    const from = this.#values.lastIndexOf(MARK);
    if (from < 0) return this.#refuse('a mark is missing');
    const values: PickleValue[] = [];
    for (const value of this.#values.splice(from)) if (value !== MARK) values.push(value);
    return values;
  }

  /** Number of entries in the memo. */
  get remembered(): number {
    return this.#memo.size;
  }

  remember(place: number): true {
    this.#memo.set(place, this.top());
    return true;
  }

  recall(place: number): true {
    const value = this.#memo.get(place);
    if (value === undefined) return this.#refuse(`place ${place} of the memo is empty`);
    return this.push(value);
  }
}
