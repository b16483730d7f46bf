import { describe, expect, it } from '@jest/globals';
import { atOperatingPoint, type ReferenceFacts } from './reference-threshold.js';
import { replay } from './step.js';
import { anOpening, aPolicy } from './testing/opening.js';

const single: ReferenceFacts = { version: 1, photos: 1, operatingPoint: 'single-photo', maxDistance: 0.55 };
const three: ReferenceFacts = { version: 3, photos: 3, operatingPoint: 'three-photos', maxDistance: 0.5 };
const distanceIn = (reference?: ReferenceFacts, matchDistance = 0.55): number | undefined => {
  const state = replay([anOpening({ policy: aPolicy({ face: { matchDistance } }), ...(reference === undefined ? {} : { reference }) })]);
  return state.status === 'unopened' ? undefined : state.opened.policy.face.matchDistance;
};

describe('the match distance', () => {
  it('is the policy’s where the opening names no reference face, and with a single photo', () => {
    expect([distanceIn(), distanceIn(single)]).toEqual([0.55, 0.55]);
  });

  it('is tightened by a template of three photos, and never loosened beyond the policy', () => {
    expect([distanceIn(three), distanceIn(three, 0.5), distanceIn(three, 0.49), distanceIn(single, 0.45)]).toEqual([0.5, 0.5, 0.49, 0.45]);
  });

  it('leaves the policy itself, and its other numbers, as they were', () => {
    const policy = aPolicy();
    const tightened = atOperatingPoint(policy, three);
    expect(policy.face.matchDistance).toBe(0.55);
    expect(tightened).toEqual({ ...policy, face: { ...policy.face, matchDistance: 0.5 } });
    expect(atOperatingPoint(policy, single)).toBe(policy);
  });
});
