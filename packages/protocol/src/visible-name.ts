import { z } from 'zod';
import { isVisible } from './visible-text.js';

/** A name that people will read in tables and on terminals: one line, nothing in it that cannot be seen. */
export const visibleName = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => isVisible(text), 'holds control characters or others that cannot be seen')
    .describe(`a name of at most ${maxLength} characters`);
