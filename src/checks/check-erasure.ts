import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Forgets pictures of a trainee that wait for their judgement: their checks fail on our side, which no trainee answers for. */
@Injectable()
export class CheckErasure {
  /** Within the caller's transaction: how many checks there were. */
  async erase(manager: EntityManager, traineeId: string): Promise<number> {
    const [given]: [readonly { readonly id: string }[], number] = await manager.query(
      `update check_task set status = 'FAILED', digest_key_sealed = null where trainee_id = $1 and status = 'QUEUED' returning id`,
      [traineeId],
    );
    const ids = given.map(({ id }) => id);
    if (ids.length > 0) await manager.query('delete from capture_frame where check_id = any($1)', [ids]);
    return ids.length;
  }
}
