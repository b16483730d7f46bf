import type { Random } from './random.js';
import { between } from './random.js';
import type { Timeline } from './timeline.js';

export interface NetworkHabits {
  /** One-way delay, drawn anew for every message, ms. */
  readonly delayMs: readonly [least: number, most: number];
}

/** The line between browser and server: keeps order in each direction, delays, stalls and breaks. */
export class Network {
  isUp = true;
  private stalledUntil = -Infinity;
  private readonly lastArrival = { up: -Infinity, down: -Infinity };

  constructor(
    private readonly timeline: Timeline,
    private readonly random: Random,
    public habits: NetworkHabits,
  ) {}

  /** Nothing arrives for so long, in either direction; then everything does. */
  stall(ms: number): void {
    this.stalledUntil = this.timeline.now + ms;
  }

  up(deliver: () => void): void {
    this.carry('up', deliver);
  }

  down(deliver: () => void): void {
    this.carry('down', deliver);
  }

  private carry(way: 'up' | 'down', deliver: () => void): void {
    if (!this.isUp) return;
    const { now } = this.timeline;
    const [least, most] = this.habits.delayMs;
    const arrival = Math.max(now + between(this.random, least, most + 1), this.lastArrival[way], this.stalledUntil);
    this.lastArrival[way] = arrival;
    this.timeline.after(arrival - now, () => {
      // What is on its way when the line breaks is lost; what is on its way when it stalls comes later.
      if (!this.isUp) return;
      if (this.timeline.now < this.stalledUntil) this.carry(way, deliver);
      else deliver();
    });
  }
}
