import { quote } from '@oodgrid/contract';
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { type Finding, isPlainMap, pathText } from './finding.js';

/** Values that aliases may add to a grid. */
const MAX_ALIASED = 10_000;

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with the yaml itself, at a place of the text. */
export interface SyntaxFault extends Place {
  readonly message: string;
}

/**
 * A yaml text as plain data that knows the place of each value. Maps have no prototype, so that no key is
 * special; aliases are copied out, within bounds.
 */
export class YamlTree {
  readonly value: unknown;
  readonly faults: readonly SyntaxFault[];
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #found: SyntaxFault[] = [];
  readonly #open = new Set<Node>();
  #aliased = 0;
  /** Aliases that the value read now stands in. */
  #depth = 0;

  constructor(text: string) {
    const options = { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: false, merge: false };
    this.#document = parseDocument(text, options);
    const [error] = this.#document.errors;
    this.#targets = error === undefined ? aliasTargets(this.#document) : new Map();
    if (error !== undefined) {
      // What follows the first fault is mostly its consequence.
      this.#fault(error.pos[0], syntaxText(error));
    } else {
      for (const { pos, message } of this.#document.warnings) this.#fault(pos[0], tagText(message));
      const { explicit, version } = this.#document.directives?.yaml ?? {};
      if (explicit === true && version !== '1.2')
        this.#fault(0, `yaml ${version} is not supported: leave the %YAML line out`);
      this.value = this.#plain(this.#document.contents, []);
    }
    this.faults = this.#found;
  }

  /** Returns the position of a path in the text: of its value or its key, or of the closest node around it. */
  place(path: readonly PropertyKey[], isOfKey: boolean): Place {
    let node: unknown = this.#document.contents;
    let offset = offsetOf(node) ?? 0;
    for (const [depth, part] of path.entries()) {
      const isLast = depth === path.length - 1;
      const [key, child] = this.#child(node, part);
      const next = (isLast && isOfKey ? offsetOf(key) : undefined) ?? offsetOf(child) ?? offsetOf(key);
      if (next === undefined) break;
      offset = next;
      node = child;
    }
    return this.#at(offset);
  }

  #child(parent: unknown, part: PropertyKey): readonly [key: unknown, value: unknown] {
    const node = isAlias(parent) ? this.#targets.get(parent) : parent;
    if (isSeq(node)) return [undefined, node.items[Number(part)]];
    if (!isMap(node)) return [undefined, undefined];
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
    return [pair?.key, pair?.value];
  }

  #plain(node: unknown, path: readonly PropertyKey[]): unknown {
    if (isAlias(node)) return this.#plainAlias(node, path);
    if (isScalar(node)) return plainScalar(node.value);
    if (!isCollection(node)) return null;
    if (this.#depth > 0) this.#aliased += node.items.length;
    this.#open.add(node);
    try {
      if (isSeq(node)) return node.items.map((item, i) => this.#plain(item, [...path, i]));
      return isMap(node) ? this.#plainMap(node, path) : null;
    } finally {
      this.#open.delete(node);
    }
  }

  #plainAlias(alias: Alias, path: readonly PropertyKey[]): unknown {
    const at = offsetOf(alias) ?? 0;
    const target = this.#targets.get(alias);
    const known = [...new Set([...this.#targets.values()].flatMap(({ anchor }) => anchor ?? []))];
    if (target === undefined) {
      const listed = known.length === 0 ? '' : `; there are ${known.map((name) => `&${name}`).join(', ')}`;
      this.#fault(at, `${in_(path)}there is no anchor &${alias.source} above this alias${listed}`);
    } else if (this.#open.has(target)) {
      this.#fault(at, `${in_(path)}the alias *${alias.source} stands inside what it refers to`);
    } else if (this.#aliased < MAX_ALIASED) {
      this.#aliased++;
      this.#depth++;
      const value = this.#plain(target, path);
      this.#depth--;
      if (this.#aliased < MAX_ALIASED) return value;
      if (this.#depth === 0)
        this.#fault(
          at,
          `aliases stand for more than ${MAX_ALIASED.toLocaleString('en-US')} values; write them out`,
        );
    }
    return null;
  }

  #plainMap(node: YAMLMap, path: readonly PropertyKey[]): Record<string, unknown> {
    const map: Record<string, unknown> = Object.create(null);
    const places = new Map<string, number>();
    for (const { key, value } of node.items) {
      const at = offsetOf(key) ?? offsetOf(value) ?? 0;
      if (!isScalar(key)) {
        this.#fault(at, `${in_(path)}a key must be plain text`);
        continue;
      }
      const name = String(key.value);
      const first = places.get(name);
      if (first !== undefined)
        this.#fault(at, `${in_(path)}the key ${quote(name)} is in line ${this.#at(first).line} already`);
      if (name === '<<')
        this.#fault(at, `${in_(path)}merge keys ("<<") are not supported: write the keys out`);
      places.set(name, at);
      map[name] = this.#plain(value, [...path, name]);
    }
    return map;
  }

  #fault(offset: number, message: string): void {
    if (this.#found.length < 100) this.#found.push({ ...this.#at(offset), message });
  }

  #at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

const in_ = (path: Finding['path']) => (path.length === 0 ? '' : `${pathText(path)}: `);

const offsetOf = (node: unknown): number | undefined =>
  isScalar(node) || isCollection(node) || isAlias(node) ? node.range?.[0] : undefined;

/** Dates and bytes exist only in other versions of yaml. */
const plainScalar = (value: unknown): unknown =>
  isPlainMap(value) || typeof value === 'bigint' ? String(value) : value;

/** An alias means the last anchor of its name that stands before it. */
function aliasTargets(document: Document): Map<Alias, Node> {
  const targets = new Map<Alias, Node>();
  const anchors = new Map<string, Node>();
  const look = (node: unknown): void => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    }
    if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) look(item);
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        look(key);
        look(value);
      }
    }
  };
  look(document.contents);
  return targets;
}

function syntaxText({ code, message }: YAMLError): string {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return 'a second document starts here; a grid file holds one';
    case 'TAB_AS_INDENT':
      return 'a tab; yaml is indented with spaces';
    case 'RESOURCE_EXHAUSTION':
      return 'nested too deeply for a grid';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a second key in one line; put text that holds ": " in quotes';
    case 'BAD_INDENT':
      return message.startsWith('Flow')
        ? `${bracket(message)} is not closed, or what is in it not indented`
        : message;
    default:
      return message;
  }
}

const bracket = (message: string) => (message.startsWith('Flow map') ? 'a "{"' : 'a "["');

const tagText = (message: string) =>
  `${message.replace('tag:yaml.org,2002:', '!!')}; a grid needs no tags (!...), leave it out`;
