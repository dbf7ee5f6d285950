import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { digestOfJson, sha256 } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { checkProtocol } from '../src/check-protocol.js';
import { PROTOCOLS } from '../src/index.js';
import { findProtocol, moduleOf, protocolModules, protocols, registerProtocol } from '../src/registry.js';

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) });
const moduleFrom = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
const TOY = new URL('./fixtures/toy.mjs', import.meta.url).href;

it('every protocol of the catalog passes the check of those that come from elsewhere', () => {
  for (const protocol of PROTOCOLS) expect(() => checkProtocol(protocol, protocol.name)).not.toThrow();
});

describe('a protocol of a module', () => {
  it('is found by its name once it is registered, and registered once', async () => {
    expect(() => findProtocol('toy')).toThrow(
      invalid(/unknown protocol "toy" \(known: fssd-paper, openood, raw\)/),
    );
    const toy = await registerProtocol(TOY);
    expect(await registerProtocol(TOY)).toBe(toy);
    expect(findProtocol('toy')).toBe(toy);
    expect(protocols()).toEqual([...PROTOCOLS, toy]);
    const [own] = protocolModules();
    expect(own).toEqual({ url: TOY, digest: digestOfJson([sha256(readFileSync(fileURLToPath(TOY)))]) });
    expect(moduleOf('toy')).toMatchObject({ url: TOY });
    expect(moduleOf('fssd-paper')).toBeNull();
  });

  it('that has changed since another thread took it in is refused', async () => {
    const changed = moduleFrom('export default () => ({})');
    await expect(registerProtocol(changed, sha256('as it was'))).rejects.toEqual(
      invalid(/it was changed after it had been read; run the command again/),
    );
  });

  it('may not have the name of another', async () => {
    await registerProtocol(TOY);
    await expect(registerProtocol(`${TOY}?again`)).rejects.toEqual(
      invalid(/there is a protocol "toy" already/),
    );
  });

  it.each([
    ['throw new Error("no")', /cannot be loaded: no/],
    ['export const name = "x"', /has no default export/],
    ['export default () => undefined', /the function returns no protocol/],
    ['export default () => { throw new Error("not today"); }', /its function failed: not today/],
    ['export default () => ({})', /name: expected .*; batch: expected .*metrics: expected a list of metrics/],
    [
      'export default ({ metrics }) => ({ metrics: [metrics.auroc, { key: "auroc" }] })',
      /metrics\[1\]\.key: "auroc" is there already/,
    ],
    [
      'export default () => ({ cites: { authors: "Jane Doe", title: "A Title", year: 2026, arxiv: "abc" } })',
      /cites\.arxiv: is no identifier of arXiv, such as 2011\.14654/,
    ],
    [
      'export default ({ metrics }) => ({ metrics: [{ ...metrics.auroc, of: () => 1 }] })',
      /the first must be the kit's AUROC/,
    ],
    [
      'export default ({ metrics }) => ({ metrics: [metrics.auroc, { ...metrics.fpr95, key: "mine", of: () => 1 }] })',
      /metrics\[1\]\.walk: leave it out/,
    ],
  ])('is refused with all that is wrong: %s', async (source, message) => {
    await expect(registerProtocol(moduleFrom(source))).rejects.toEqual(invalid(message));
  });
});

it('a misspelt name gets the one that was meant', () => {
  expect(() => findProtocol('fssdpaper')).toThrow(/did you mean "fssd-paper"/);
});
