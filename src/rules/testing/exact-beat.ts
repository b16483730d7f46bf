import type { BeatReceived } from '../event.js';
import type { Story } from './story.js';

/** Lets `afterMs` pass, then records a beat that says exactly this, of a page that plays at real time on a perfect line. */
export function beats(story: Story, afterMs: number, claim: Partial<BeatReceived> & Pick<BeatReceived, 'positionMs'>): Story {
  const { browser, journal, shell, timeline } = story.timePasses(afterMs);
  const at = Math.round(timeline.now);
  shell.record({
    type: 'beat.received', at, connectionId: browser.connectionId, seq: journal.length, rate: 1, state: 'PLAYING',
    clientMonoMs: browser.monoMs, clientWallAt: at, visible: true, pictureInPicture: false, ...claim,
  });
  return story;
}
