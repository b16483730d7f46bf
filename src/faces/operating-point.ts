/**
 * Descriptor distances at which two pictures are taken for one person, with what was measured behind them. A number here
 * is worth nothing for descriptors of another space.
 */
export interface OperatingPoint {
  readonly id: string;
  /** At or under it: the same person. */
  readonly maxDistance: number;
  /** Upper bound (95 %) of the share of pairs of pictures of two people at or under it, as far as the measured pairs can tell. */
  readonly maxFmr: number;
  readonly measuredBy: string;
}

/** No false accept in 522 pairs of pictures; nine people say no more. */
const MEASURED = { maxFmr: 0.0057, measuredBy: 'npm run bench:faces -- --only identity' } as const;

/** A picture against a template of one photo, and against the mean of three. */
export const SINGLE_PHOTO: OperatingPoint = { id: 'single-photo', maxDistance: 0.55, ...MEASURED };
export const THREE_PHOTOS: OperatingPoint = { id: 'three-photos', maxDistance: 0.5, ...MEASURED };

export const operatingPointOf = (photos: number): OperatingPoint => (photos >= 3 ? THREE_PHOTOS : SINGLE_PHOTO);

/** Two reference photos, or a new one and the template it takes the place of: stricter than a check, since it lasts. */
export const SAME_PERSON_ON_RECORD: OperatingPoint = { id: 'same-person-on-record', maxDistance: 0.5, ...MEASURED };
