import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findNatsServer } from '../src/cluster/nats-server.js';
import { checkNode } from '../src/doctor/check-machine.js';

const folder = mkdtempSync(join(tmpdir(), 'oodgrid-versions-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that says what a nats-server of this version says. */
function program(version: string): string {
  const path = join(folder, `nats-${version}`);
  writeFileSync(path, `#!/bin/sh\necho "nats-server: ${version}"\n`);
  chmodSync(path, 0o755);
  return path;
}

const found = (version: string) => () =>
  findNatsServer(folder, { OODGRID_NATS_SERVER: program(version), PATH: '' });

describe('versions are compared as numbers, part by part', () => {
  it.each(['v2.11.0', 'v2.12.1', 'v3.0.0', 'v2.100.0', '2.11.4-RC.1'])(
    'nats-server %s is taken',
    (version) => {
      expect(found(version)()).toContain(version);
    },
  );

  it.each(['v2.9.10', 'v2.10.29', 'v1.99.0', 'of no version'])('nats-server %s is not', (version) => {
    expect(found(version)).toThrow(/no nats-server 2\.11 or later/);
  });

  it('Node is new enough from 20.19 on', () => {
    expect(checkNode('20.19.0').state).toBe('ok');
    expect(checkNode('22.2.0').state).toBe('ok');
    expect(checkNode('20.9.0')).toMatchObject({ state: 'problem', detail: '20.9.0 is too old' });
    expect(checkNode('18.20.1').state).toBe('problem');
  });
});
