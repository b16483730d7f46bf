import { describe, expect, it } from '@jest/globals';
import { Outbox, type OutboxEntry } from './outbox.js';

const report = (clientMonoMs: number): OutboxEntry => ({ kind: 'report', report: { kind: 'HIDDEN', clientMonoMs } });
const monoOf = (entry: OutboxEntry | null): number | null => (entry?.kind === 'report' ? entry.report.clientMonoMs : null);

describe('outbox', () => {
  it('hands out entries in order and keeps each until it is settled', () => {
    const outbox = new Outbox();
    outbox.push(report(1));
    outbox.push(report(2));
    expect(monoOf(outbox.take())).toBe(1);
    expect(monoOf(outbox.take())).toBe(1);
    outbox.settle();
    expect(monoOf(outbox.take())).toBe(2);
    expect(outbox.size).toBe(1);
  });

  it('drops the oldest entry when it is full, and counts it', () => {
    const outbox = new Outbox(2);
    [1, 2, 3].forEach((mono) => outbox.push(report(mono)));
    expect(monoOf(outbox.take())).toBe(2);
    expect(outbox.dropped).toEqual({ OVERFLOW: 1, REFUSED: 0, PLACE_LOST: 0, CLOSED: 0 });
  });

  it('never drops the entry that is on its way', () => {
    const outbox = new Outbox(2);
    outbox.push(report(1));
    outbox.take();
    [2, 3].forEach((mono) => outbox.push(report(mono)));
    expect(monoOf(outbox.take())).toBe(1);
    outbox.settle();
    expect(monoOf(outbox.take())).toBe(3);
  });

  it('counts what was refused and what was cleared under its reason', () => {
    const outbox = new Outbox();
    [1, 2, 3].forEach((mono) => outbox.push(report(mono)));
    outbox.refuse();
    outbox.clear('PLACE_LOST');
    outbox.refuse();
    expect(outbox.size).toBe(0);
    expect(outbox.dropped).toEqual({ OVERFLOW: 0, REFUSED: 1, PLACE_LOST: 2, CLOSED: 0 });
  });
});
