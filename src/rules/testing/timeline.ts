import type { Shell } from './shell.js';

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/** Simulated time: runs what is planned in order, and lets the shell's clock tick in between as a timer would. */
export class Timeline {
  private planned: Planned[] = [];
  private count = 0;
  shell: Shell | null = null;

  constructor(public now: number) {}

  after(delayMs: number, act: () => void): void {
    const entry = { at: this.now + Math.max(0, delayMs), order: (this.count += 1), act };
    const index = this.planned.findIndex((other) => other.at > entry.at);
    this.planned.splice(index === -1 ? this.planned.length : index, 0, entry);
  }

  /** Time of whatever happens next by itself, or null. */
  nextAt(): number | null {
    const tickAt = this.tickAt();
    const plannedAt = this.planned[0]?.at ?? null;
    if (tickAt === null || plannedAt === null) return tickAt ?? plannedAt;
    return Math.min(tickAt, plannedAt);
  }

  advanceTo(until: number): void {
    for (let at = this.nextAt(); at !== null && at <= until; at = this.nextAt()) {
      const head = this.planned[0];
      this.now = Math.max(this.now, at);
      if (head !== undefined && head.at <= at) {
        this.planned.shift();
        head.act();
      } else {
        this.shell?.record({ type: 'clock.ticked', at: Math.round(this.now) });
      }
    }
    this.now = Math.max(this.now, until);
  }

  /** A timer never fires before one millisecond has passed. */
  private tickAt(): number | null {
    const deadline = this.shell?.nextTickAt() ?? null;
    return deadline === null ? null : Math.max(Math.ceil(deadline), Math.floor(this.now) + 1);
  }
}
