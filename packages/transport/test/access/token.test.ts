import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { endpoint, isLoopback, makeToken, parseToken, ROLES, TokenFile } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-token-'));
afterAll(() => rmSync(folder, { recursive: true }));
const silent = () => undefined;

describe('a token', () => {
  it.each(ROLES)('of the role %s says it, has an id, and is never the same', (role) => {
    const { id, text } = makeToken(role);
    expect(text).toMatch(new RegExp(`^oog_${role.charAt(0)}_${id}_[\\w-]{49}$`));
    expect(parseToken(text)).toEqual({ id, text });
    expect(makeToken(role).text).not.toBe(text);
  });

  it('that was copied badly is told so without being repeated', () => {
    const { text } = makeToken('admin');
    for (let at = 0; at < text.length; at++) {
      const wrong = text.slice(0, at) + (text.charAt(at) === 'x' ? 'y' : 'x') + text.slice(at + 1);
      expect(() => parseToken(wrong)).toThrow('copied wrongly');
    }
    expect(() => parseToken(text.slice(1))).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(text.slice(20)) }),
    );
  });
});

describe('a file of a token', () => {
  const write = (text: string, mode = 0o600) => {
    const path = join(folder, `${Math.random()}`);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  it('is read again when it has changed; what cannot be used changes nothing', async () => {
    const lines: string[] = [];
    const [first, second] = [makeToken('viewer').text, makeToken('viewer').text];
    const path = write(`${first}\n`);
    const file = new TokenFile(path, (line) => lines.push(line));
    expect(file.current).toBe(first);
    writeFileSync(path, second.slice(0, 20));
    await expect.poll(() => file.current === first && lines.length, { timeout: 3000 }).toBe(1);
    expect(file.current).toBe(first);
    writeFileSync(path, second);
    await expect.poll(() => file.current, { timeout: 3000 }).toBe(second);
    expect(lines.join()).not.toContain(second.slice(0, 20));
  });

  it.each([0o644, 0o640, 0o604, 0o660, 0o622])('of mode %o is refused', (mode) => {
    expect(() => new TokenFile(write(makeToken('viewer').text, mode), silent)).toThrow(
      'can be read by others',
    );
  });

  it('that is absent, empty or of something else is refused', () => {
    expect(() => new TokenFile(join(folder, 'absent'), silent)).toThrow('cannot be read');
    expect(() => new TokenFile(write('\n'), silent)).toThrow('is empty');
    const secret = 'correct-horse-battery-staple';
    expect(() => new TokenFile(write(secret), silent)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(secret) }),
    );
  });
});

describe('a token on its way', () => {
  const token = { current: makeToken('viewer').text };
  const plain = { tls: null, token, isPlainAllowed: false };

  it('does not leave the machine in the clear unless that is said', () => {
    expect(() => endpoint('10.0.0.7:7433', plain)).toThrow('in the clear');
    expect(() => endpoint('coordinator:7433', plain)).toThrow('in the clear');
    expect(endpoint('127.0.0.1:7433', plain).interceptors).toHaveLength(1);
    expect(endpoint('10.0.0.7:7433', { ...plain, isPlainAllowed: true }).interceptors).toHaveLength(1);
  });

  it.each([
    ['127.0.0.1:1', true],
    ['127.8.9.10:1', true],
    ['localhost:1', true],
    ['[::1]:1', true],
    ['[::ffff:127.0.0.1]:1', true],
    ['unix:/run/x.sock', true],
    ['0.0.0.0:1', false],
    ['[::]:1', false],
    ['127.evil.example:1', false],
    ['localhost.evil.example:1', false],
    ['10.0.0.1:1', false],
  ])('%s is reached from this machine alone: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});
