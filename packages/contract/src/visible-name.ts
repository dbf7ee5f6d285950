import { z } from 'zod';
import { isVisible } from './visible-text.js';

/** A name that people will read in tables and on terminals: one line, nothing in it that cannot be seen. */
export const visibleName = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => isVisible(text), 'holds control characters or others that cannot be seen')
    // A key of that name is lost when a record is parsed.
    .refine((text) => text !== '__proto__', 'is a name that JavaScript keeps for itself; give it another')
    .describe(`a name of at most ${maxLength} characters`);
