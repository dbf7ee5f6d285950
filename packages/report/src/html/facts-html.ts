import type { Results } from '@oodgrid/contract';
import { countText } from '../count-text.js';
import { escapeHtml } from './escape.js';

/** Facts about the run: version, environment, digest and time. */
export function factsHtml({ run, environment, digest }: Results): string {
  const facts: readonly (readonly [string, string])[] = [
    ['Run', run.id],
    ['Started', run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')],
    ['Took', `${run.seconds.toFixed(1)} s on ${run.workers} ${run.workers === 1 ? 'worker' : 'workers'}`],
    ['Passes', `${countText(run.work.forwards)} forward, ${countText(run.work.gradients)} gradient`],
    ['From cache', `${run.cachedUnits} results`],
    ['Engine', `${environment.engine} ${environment.engineVersion}, ${environment.device}`],
    ['Machine', `${environment.cpu}, ${environment.platform}, Node ${environment.node}`],
    ['Numerics', environment.numericsClass],
    ['Digest', digest],
  ];
  const items = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<dl class="facts">${items.join('')}</dl>\n`;
}
