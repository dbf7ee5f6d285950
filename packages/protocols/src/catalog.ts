import { fssdPaper } from './fssd-paper.js';
import { openood } from './openood.js';
import type { Protocol } from './protocol.js';
import { raw } from './raw.js';

/** Every protocol that a grid may name. A new one is one file and one line here. */
export const PROTOCOLS: readonly Protocol[] = [fssdPaper, openood, raw];
