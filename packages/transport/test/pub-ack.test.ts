import { describe, expect, it } from 'vitest';
import { isStored } from '../src/nats/pub-ack.js';

describe("the server's answer to a publication", () => {
  it.each([
    '{"stream":"OODGRID_TASKS_q","seq":1}',
    '{"stream":"OODGRID_TASKS_q","seq":7,"duplicate":true}',
    '{"stream":"OODGRID_TASKS_q","domain":"error","seq":2}',
  ])('says that it is stored: %s', (answer) => expect(isStored(answer)).toBe(true));

  it.each([
    '{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"},"stream":"S","seq":0}',
    '{"error":{"code":400,"description":"wrong last sequence"},"stream":"S","seq":3}',
    '{"type":"io.nats.jetstream.api.v1.pub_ack_response"}',
    '{"stream":"S","seq":0}',
    '{}',
    '',
    'no JSON',
    'null',
  ])('says no such thing: %s', (answer) => expect(isStored(answer)).toBe(false));
});
