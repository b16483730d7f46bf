import { randomInt } from 'node:crypto';
import type { LivenessAct } from '../rules/event.js';

/** Draws the next act at the moment it is told, never the one before again: a recording cannot know it, nor can anyone read it early. */
export function drawAct(kinds: readonly LivenessAct[], before: LivenessAct | null): LivenessAct {
  const offered = kinds.filter((kind) => kind !== before);
  const act = offered[randomInt(offered.length)];
  if (act === undefined) throw new Error('there is no act to draw');
  return act;
}
