import { describe, expect, it } from '@jest/globals';
import { signalsOf } from './face-signals.js';
import { meshOf } from './testing/synthetic-head.js';

const straight = signalsOf(meshOf({}));
/** Foreshortening beyond what a turn of the head explains. */
const flatness = (of: Parameters<typeof meshOf>[0]): number => {
  const { aspect, foreshortening } = signalsOf(meshOf(of));
  return aspect - foreshortening - (straight.aspect - straight.foreshortening);
};

describe('the signals of a face', () => {
  it.each([-40, -15, 15, 30, 45])('read a turn of %d° as such, tilted and near or far', (yaw) => {
    for (const pose of [{}, { roll: 20 }, { size: 0.5 }]) expect(signalsOf(meshOf({ yaw, ...pose })).yaw - straight.yaw).toBeCloseTo(yaw, 0);
  });

  it.each([-15, 10, 20])('read a nod of %d° as such', (pitch) => {
    const read = signalsOf(meshOf({ pitch })).pitch - straight.pitch;
    expect(Math.abs(read - pitch)).toBeLessThan(1);
  });

  it('read the mouth by its own width and the size by the face, however it is held', () => {
    for (const pose of [{}, { yaw: 25 }, { pitch: 15 }, { roll: -30 }]) {
      expect(signalsOf(meshOf({ mouth: 0.7, ...pose })).mouth).toBeCloseTo(0.7, 1);
      expect(signalsOf(meshOf({ size: 1.3, ...pose })).size / straight.size).toBeCloseTo(1.3, 1);
    }
  });

  it('find the foreshortening of a turned head explained, and that of a turned photograph not', () => {
    for (const head of [{ yaw: 20 }, { yaw: -40 }, { pitch: 15 }, { yaw: 15, pitch: 10 }]) expect(Math.abs(flatness(head))).toBeLessThan(0.12);
    for (const yaw of [-60, -45, 45, 60]) expect(flatness({ photo: { yaw, pitch: 0 } })).toBeGreaterThan(0.2);
    for (const pitch of [-60, -45, 45, 60]) expect(flatness({ photo: { yaw: 0, pitch } })).toBeLessThan(-0.2);
  });
});
