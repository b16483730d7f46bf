import { randomInt } from 'node:crypto';
import type { LivenessAct } from '../rules/event.js';

const ACTS: readonly LivenessAct[] = ['OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT'];

/** A random sequence of different acts: a recording cannot know it. */
export function drawActs(count: number): readonly LivenessAct[] {
  const left = [...ACTS];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(randomInt(left.length), 1)[0]!);
}
