import { OodError } from '@oodgrid/protocol';
import { fssd } from './fssd.js';
import { mahalanobis } from './mahalanobis.js';
import { mcDropout } from './mc-dropout.js';
import type { Method } from './method.js';
import { msp } from './msp.js';
import { odin } from './odin.js';
import { predictions } from './predictions.js';

/** Every arithmetic of the engine. A new method is one file of the same shape and one line here. */
const METHODS: readonly Method[] = [msp, odin, mahalanobis, mcDropout, fssd, predictions];

export function findMethod(name: string): Method {
  const method = METHODS.find((candidate) => candidate.name === name);
  if (method === undefined) throw new OodError('not-found', `this engine has no method "${name}"`);
  return method;
}
