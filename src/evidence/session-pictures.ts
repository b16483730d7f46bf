import { Injectable, Logger } from '@nestjs/common';
import type { SessionEvent } from '../rules/event.js';
import { digestOf } from './image-digest.js';
import { type ImageLookup, ImageVault } from './image-vault.js';
import { withoutJpegMeta } from './jpeg-meta.js';

/** A picture that a session's journal names as kept. */
export interface SessionPicture {
  readonly imageId: string;
  readonly kind: 'SNAPSHOT' | 'LIVENESS';
  /** The snapshot or face check it was taken for. */
  readonly checkId: string;
  /** Digest of the bytes as they came, from the journal; `null` where the journal has none of this picture alone. */
  readonly digest: string | null;
  /** Server time at which it came, ms; `null` where the journal does not say. */
  readonly receivedAt: number | null;
  /** Number of the snapshot in the schedule; `null` for a face check. */
  readonly index: number | null;
}

/** Every picture a session's journal names as kept, in order. */
export function picturesOf(journal: readonly { readonly event: SessionEvent }[]): readonly SessionPicture[] {
  const events = journal.map(({ event }) => event);
  const received = new Map(events.flatMap((event) => (event.type === 'snapshot.received' ? [[event.snapshotId, event] as const] : [])));
  const bursts = new Map(events.flatMap((event) => (event.type === 'liveness.received' ? [[event.checkId, event.at] as const] : [])));
  const numbers = new Map(events.flatMap((event) => (event.type === 'snapshot.requested' ? [[event.snapshotId, event.index] as const] : [])));
  return events.flatMap((event): readonly SessionPicture[] => {
    if (event.type === 'snapshot.judged' && event.imageId !== null) {
      return [{
        imageId: event.imageId, kind: 'SNAPSHOT', checkId: event.snapshotId, digest: received.get(event.snapshotId)?.digest ?? null,
        receivedAt: received.get(event.snapshotId)?.at ?? null, index: numbers.get(event.snapshotId) ?? null,
      }];
    }
    if (event.type !== 'liveness.judged' || event.imageId === null) return [];
    return [{ imageId: event.imageId, kind: 'LIVENESS', checkId: event.checkId, digest: null, receivedAt: bursts.get(event.checkId) ?? null, index: null }];
  });
}

/** Fetches the pictures of a session and holds them against the journal. */
@Injectable()
export class SessionPictures {
  private readonly logger = new Logger(SessionPictures.name);

  constructor(private readonly vault: ImageVault) {}

  /** DAMAGED also when the picture is not the one that the journal names. */
  async lookUp({ imageId, digest }: SessionPicture): Promise<ImageLookup> {
    const found = await this.vault.lookUp(imageId);
    const isSound = found.image === null ? found.state !== 'DAMAGED' : isAsReceived(found.image, digest);
    if (isSound) return found;
    this.logger.error({ imageId }, 'a kept picture is not what it was');
    return { state: 'DAMAGED', image: null };
  }
}

function isAsReceived({ bytes, digest }: NonNullable<ImageLookup['image']>, named: string | null): boolean {
  if (digest === null) return named === null;
  const value = digestOf(digest.key, withoutJpegMeta(bytes));
  return value === digest.value && (named === null || value === named);
}
