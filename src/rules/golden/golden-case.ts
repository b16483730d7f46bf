/** One edge case of spec/rules.md: what happens, told as a story, and what it has to end with under the default policy. */
import type { Attribution, Effect, FindingCode } from '../finding.js';
import type { EnrolmentVerdict } from '../programme/enrolment.js';
import type { ProgrammeCode, ProgrammeEffect, ProgrammeFinding } from '../programme/finding.js';
import { minutes } from '../testing/opening.js';
import type { SessionSetup, Story } from '../testing/story.js';
import type { SessionVerdict } from '../types.js';

/** What a session ends with: the code the case is about, and every other code found beside it. */
export type Ending = { readonly verdict: SessionVerdict; readonly besides?: readonly FindingCode[] } & (
  | { readonly code: null }
  | { readonly code: FindingCode; readonly attribution: Attribution; readonly effect: Effect }
);

export interface StoryCase {
  readonly number: number;
  /** The case in the words of the spec. */
  readonly title: string;
  /** One for each session told. */
  readonly ends: readonly Ending[];
  readonly tell: () => readonly Story[];
  /** What else has to be true of the first session told, and of the last. */
  readonly proves?: (first: Story, last: Story) => void;
}

/** A case above the session: class hours and openings. */
export interface ProgrammeCase {
  readonly number: number;
  readonly title: string;
  readonly ends: { readonly verdict: EnrolmentVerdict | 'BLOCK_OPENING'; readonly code: ProgrammeCode; readonly effect: ProgrammeEffect };
  readonly judge: () => { readonly verdict: EnrolmentVerdict | 'BLOCK_OPENING'; readonly findings: readonly ProgrammeFinding[] };
  readonly proves?: () => void;
}

/** Eight minutes with a popup after four, a snapshot after one and after five, and no random face check: little happens by itself. */
export const calm: SessionSetup = {
  durationMs: minutes(8),
  popupGaps: [minutes(4), minutes(4), minutes(4), minutes(4)],
  snapshots: [{ part: 0, atMs: minutes(1) }, { part: 0, atMs: minutes(5) }],
  faceChecks: [],
};

export const popupsIn = (story: Story): number => story.journal.filter(({ type }) => type === 'popup.issued').length;

/** Why a face check was asked for, in order. */
export const faceChecksIn = (story: Story): readonly string[] => story.journal.flatMap((event) => (event.type === 'liveness.requested' ? [event.reason] : []));

/** The session to its end, and its end asked for. */
export const toTheEnd = (story: Story): Story => story.playsToTheEnd().finishes();
