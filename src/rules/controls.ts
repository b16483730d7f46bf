/**
 * P9: a control that the policy switches off is itself a finding, whatever the trainee does. Found once, from the
 * opening: `parameter` names the switch, `value` how it stands.
 */
import type { SessionOpened } from './event.js';
import { finding, type Fact, type FindingCode } from './finding.js';
import type { Policy } from './policy.js';
import { partMs } from './policy.js';

interface Switch {
  readonly code: FindingCode;
  /** `section.name` in the policy. */
  readonly parameter: string;
  readonly value: string | number | boolean;
  readonly isOff: boolean;
}

/** Controls that were off when the session was opened. */
export function controlsOff({ policy, courseType, at }: SessionOpened): readonly Fact[] {
  return [...playback(policy), ...window(policy), ...popup(policy), ...face(policy), ...order(policy, courseType === 'PROFESSIONAL'), ...snapshot(policy)]
    .filter(({ isOff }) => isOff)
    .map(({ code, parameter, value }) => finding(code, at, 1, { parameter, value }));
}

const playback = ({ playback: { forwardSeek, maxRate } }: Policy): readonly Switch[] => [
  { code: 'R1_FF_ENABLED', parameter: 'playback.forwardSeek', value: forwardSeek, isOff: forwardSeek === 'ALLOW' },
  { code: 'R1_FF_ENABLED', parameter: 'playback.maxRate', value: maxRate, isOff: maxRate > 1 },
];

const window = ({ window: { maxConcurrent }, visibility: { onHidden, pip } }: Policy): readonly Switch[] => [
  { code: 'R2_MULTI_OPEN_ALLOWED', parameter: 'window.maxConcurrent', value: maxConcurrent, isOff: maxConcurrent > 1 },
  { code: 'R2_MULTI_OPEN_ALLOWED', parameter: 'visibility.onHidden', value: onHidden, isOff: onHidden !== 'PAUSE' },
  { code: 'R2_MULTI_OPEN_ALLOWED', parameter: 'visibility.pip', value: pip, isOff: pip !== 'DENY' },
];

/** Control means consequence: a popup that neither holds play nor withholds credit is none. */
const popup = ({ popup: { required, pausePlayback, onTimeout } }: Policy): readonly Switch[] => [
  { code: 'R3_POPUP_DISABLED', parameter: 'popup.required', value: required, isOff: !required },
  { code: 'R3_POPUP_DISABLED', parameter: 'popup.pausePlayback', value: pausePlayback, isOff: !pausePlayback },
  { code: 'R3_POPUP_DISABLED', parameter: 'popup.onTimeout', value: onTimeout, isOff: onTimeout !== 'PAUSE_AND_WITHHOLD' },
];

/** Asked for at the start and once per class hour; an interval no longer than a class hour gives the second too. */
function face(policy: Policy): readonly Switch[] {
  const { required, when, maxIntervalMs } = policy.face;
  const isHourly = when.includes('RANDOM_PER_PART') || (maxIntervalMs ?? Infinity) <= partMs(policy);
  return [
    { code: 'R4_NOT_REQUIRED', parameter: 'face.required', value: required, isOff: !required },
    { code: 'R4_NOT_REQUIRED', parameter: 'face.when', value: when.join(' '), isOff: !when.includes('SESSION_START') || !isHourly },
    { code: 'R4_NOT_REQUIRED', parameter: 'camera.allowVirtual', value: policy.camera.allowVirtual, isOff: policy.camera.allowVirtual },
  ];
}

const order = ({ sequence: { scope } }: Policy, isProfessional: boolean): readonly Switch[] => [
  { code: 'R5_NO_ORDER_POLICY', parameter: 'sequence.scope', value: scope, isOff: isProfessional && scope === 'NONE' },
];

/** Random means neither foreseeable nor announced. */
const snapshot = ({ snapshot: { minPerPart, randomness, cue } }: Policy): readonly Switch[] => [
  { code: 'R6_DISABLED', parameter: 'snapshot.minPerPart', value: minPerPart, isOff: minPerPart === 0 },
  { code: 'R6_NOT_RANDOM', parameter: 'snapshot.randomness', value: randomness, isOff: randomness !== 'COMMIT_REVEAL_HMAC' },
  { code: 'R6_NOT_RANDOM', parameter: 'snapshot.cue', value: cue, isOff: cue !== 'NONE' },
];
