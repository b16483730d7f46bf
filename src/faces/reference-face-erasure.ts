import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Forgets what was read from a trainee's reference photos. The photos themselves are the vault's. */
@Injectable()
export class ReferenceFaceErasure {
  /** Within the caller's transaction: how many templates there were, and photos that waited to be judged. */
  async erase(manager: EntityManager, traineeId: string): Promise<{ readonly templates: number; readonly waiting: number }> {
    const rows: readonly { readonly had_template: boolean; readonly had_upload: boolean }[] = await manager.query(
      `with before as (
         select id, descriptor_sealed is not null as had_template, upload_sealed is not null as had_upload
         from reference_face where trainee_id = $1 for update)
       update reference_face f
       set descriptor_sealed = null, upload_sealed = null, upload_sha256 = '', quality = null, in_force_until = coalesce(f.in_force_until, case when f.in_force_from is null then null else now() end),
           status = case when f.status in ('ACTIVE', 'UPLOADED', 'PENDING_REVIEW') then 'SUPERSEDED' else f.status end
       from before where before.id = f.id and (before.had_template or before.had_upload or f.upload_sha256 <> '')
       returning before.had_template, before.had_upload`,
      [traineeId],
    ).then(([returned]: [readonly { readonly had_template: boolean; readonly had_upload: boolean }[]]) => returned);
    return { templates: rows.filter((row) => row.had_template).length, waiting: rows.filter((row) => row.had_upload).length };
  }
}
