import { describe, expect, it } from '@jest/globals';
import { accountOf } from '../account.js';
import type { SessionEvent } from '../event.js';
import { replay } from '../step.js';
import type { Story } from '../testing/story.js';
import { faces } from './faces.js';
import type { Ending, ProgrammeCase, StoryCase } from './golden-case.js';
import { network } from './network.js';
import { order } from './order.js';
import { people } from './people.js';
import { playback } from './playback.js';
import { popups } from './popups.js';
import { programme } from './programme.js';
import { windows } from './windows.js';

const told: Readonly<Record<string, readonly StoryCase[]>> = { playback, windows, popups, network, faces, people, order };

/** `XUEJIAN_PRINT_CASE=12` prints the journals of that case, one entry a line. */
const printed = Number(process.env['XUEJIAN_PRINT_CASE'] ?? 0);

const words = (end: Ending): string => (end.code === null ? `${end.verdict} · –` : `${end.verdict} · ${end.code} · ${end.attribution}`);
const nameOf = ({ number, title, ends }: StoryCase): string => `#${number} ${title} → ${[...new Set(ends.map(words))].join(' / ')}`;
const programmeName = ({ number, title, ends }: ProgrammeCase): string => `#${number} ${title} → ${ends.verdict} · ${ends.code}`;

/** The journal, taken through JSON as it is stored, replays to the state it had live, and that has the ending. */
function expectEnding(story: Story, end: Ending): void {
  const journal = JSON.parse(JSON.stringify(story.journal)) as SessionEvent[];
  const state = replay(journal);
  expect(state).toEqual(story.state);
  if (state.status === 'unopened') throw new Error('the journal does not begin with session.opened');
  const codes = [...new Set(state.findings.map(({ code }) => code))].sort();
  expect({ verdict: accountOf(state).verdict, codes }).toEqual({ verdict: end.verdict, codes: [...(end.code === null ? [] : [end.code]), ...(end.besides ?? [])].sort() });
  expect(state.findings.every(({ seq }) => seq >= 1 && seq <= journal.length)).toBe(true);
  if (end.code === null) return;
  const { code, attribution, effect } = end;
  expect(state.findings.findLast((found) => found.code === code)).toMatchObject({ code, attribution, effect });
}

describe.each(Object.entries(told))('edge cases of the rules: %s', (_subject, cases) => {
  it.each(cases.map((golden) => [nameOf(golden), golden] as const))('%s', (_name, { number, ends, tell, proves }) => {
    const stories = tell();
    if (number === printed) for (const { journal } of stories) process.stdout.write(`${journal.map((event) => JSON.stringify(event)).join('\n')}\n\n`);
    expect(stories).toHaveLength(ends.length);
    stories.forEach((story, index) => expectEnding(story, ends[index] as Ending));
    proves?.(stories[0] as Story, stories.at(-1) as Story);
  });
});

describe('edge cases of the rules: programme', () => {
  it.each(programme.map((golden) => [programmeName(golden), golden] as const))('%s', (_name, { ends, judge, proves }) => {
    const { verdict, findings } = judge();
    expect(verdict).toBe(ends.verdict);
    expect(findings).toContainEqual(expect.objectContaining({ code: ends.code, effect: ends.effect }));
    proves?.();
  });
});

it('the set is whole: the sixty cases of the spec, each once', () => {
  const numbers = [...Object.values(told).flat(), ...programme].map(({ number }) => number);
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
});
