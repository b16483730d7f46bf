import type { Story } from './story.js';

/** Watches a story's player itself: how long it ran in server time, whatever the beats say of it. */
export class Witness {
  private doneMs = 0;
  private since: number | null = null;

  constructor(private readonly story: Story) {
    const { player } = story.browser;
    let isPlaying = player.isPlaying;
    const turn = (next: boolean): void => {
      this.doneMs = this.playedMs;
      this.since = next ? story.timeline.now : null;
      isPlaying = next;
    };
    Object.defineProperty(player, 'isPlaying', { get: () => isPlaying, set: turn });
    turn(isPlaying);
  }

  /** Server time in which the player has run, ms. */
  get playedMs(): number {
    return this.doneMs + (this.since === null ? 0 : this.story.timeline.now - this.since);
  }
}
