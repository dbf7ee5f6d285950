import { OodError } from '@oodgrid/contract';
import { openNpz, parseNpy, parseSafetensors, writeSafetensors } from '@oodgrid/formats';
import { z } from 'zod';
import type { ModelSource } from './model-source.js';

/** Helpers for writing model sources, passed to modules so that these need to import nothing. */
export const MODEL_SOURCE_KIT = {
  /** The schema library that `config` is written in. */
  z,
  OodError,
  openNpz,
  parseNpy,
  parseSafetensors,
  writeSafetensors,
} as const;
export type ModelSourceKit = typeof MODEL_SOURCE_KIT;

/** The default export of a module with a source of models. */
export type ModelSourceModule = (kit: ModelSourceKit) => ModelSource;
