import { describe, expect, it } from 'vitest';
import { checkProtocol } from '../src/check-protocol.js';
import { fssdPaper, PROTOCOLS } from '../src/index.js';
import { findProtocol, protocolModules, protocols, registerProtocol } from '../src/registry.js';

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) });
const moduleOf = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
const TOY = new URL('./fixtures/toy.mjs', import.meta.url).href;

it('every protocol of the catalog passes the check of those that come from elsewhere', () => {
  for (const protocol of PROTOCOLS) expect(() => checkProtocol(protocol, protocol.name)).not.toThrow();
});

describe('a protocol of a module', () => {
  it('is found by its name once it is registered, and registered once', async () => {
    expect(() => findProtocol('toy')).toThrow(invalid(/unknown protocol "toy" \(known: fssd-paper\)/));
    const toy = await registerProtocol(TOY);
    expect(await registerProtocol(TOY)).toBe(toy);
    expect(findProtocol('toy')).toBe(toy);
    expect(protocols()).toEqual([fssdPaper, toy]);
    expect(protocolModules()).toEqual([TOY]);
  });

  it('may not have the name of another', async () => {
    await registerProtocol(TOY);
    await expect(registerProtocol(`${TOY}?again`)).rejects.toEqual(
      invalid(/there is a protocol "toy" already/),
    );
  });

  it.each([
    ['throw new Error("no")', /cannot be loaded: no/],
    ['export const name = "x"', /exports by default a function/],
    [
      'export default () => ({})',
      /name: expected .*; batch: expected .*metrics: the first must be the AUROC/,
    ],
    [
      'export default ({ metrics }) => ({ metrics: [metrics.auroc, { key: "auroc" }] })',
      /metrics\[1\]\.key: "auroc" is there already/,
    ],
    [
      'export default () => ({ cites: { authors: "Jane Doe", title: "A Title", year: 2026, arxiv: "abc" } })',
      /cites\.arxiv: is no identifier of arXiv, such as 2011\.14654/,
    ],
  ])('is refused with all that is wrong: %s', async (source, message) => {
    await expect(registerProtocol(moduleOf(source))).rejects.toEqual(invalid(message));
  });
});

it('a misspelt name gets the one that was meant', () => {
  expect(() => findProtocol('fssdpaper')).toThrow(/did you mean "fssd-paper"/);
});
