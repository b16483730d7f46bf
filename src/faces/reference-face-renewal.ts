import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, LessThanOrEqual, Not } from 'typeorm';
import { ImageVault } from '../evidence/image-vault.js';
import { descriptorSpaceOf } from './face-engine.js';
import { FaceJudge } from './face-judge.js';
import { ReferenceFaceEntity } from './reference-face.entity.js';
import { type ActiveReferenceFace, ReferenceFaceService } from './reference-face.service.js';

/**
 * Descriptors of other models cannot be compared. After a change of models the kept photos of a trainee are described
 * anew when they are first needed: nobody is asked for another photo, and version and history stay.
 */
@Injectable()
export class ReferenceFaceRenewal {
  private readonly logger = new Logger(ReferenceFaceRenewal.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly references: ReferenceFaceService,
    private readonly vault: ImageVault,
    private readonly judge: FaceJudge,
  ) {}

  /**
   * The reference face in force, as the models of now describe it.
   * @throws Error when there is none, or when its photos are gone: then the check is not judged, and the trainee enrols again.
   */
  async current(traineeId: string): Promise<ActiveReferenceFace> {
    const found = await this.references.activeFor(traineeId);
    if (found === null) throw new Error(`trainee ${traineeId} has no reference face`);
    if (this.isCurrent(found.descriptorSpace)) return found;
    await this.renew(traineeId);
    const renewed = await this.references.activeFor(traineeId);
    if (renewed !== null && this.isCurrent(renewed.descriptorSpace)) return renewed;
    throw new Error(`reference face ${found.id} is of ${found.descriptorSpace}, faces are read as ${this.judge.descriptorSpace}: it has to be taken again`);
  }

  /** Brings every template of a trainee that is still compared with into the descriptors of now, as far as its photos are kept. */
  async renew(traineeId: string): Promise<void> {
    const repository = this.dataSource.getRepository(ReferenceFaceEntity);
    const rows = await repository.findBy({ traineeId, descriptorSealed: Not(IsNull()), engine: Not(IsNull()) });
    for (const row of rows.filter(({ engine }) => engine !== null && !this.isCurrent(descriptorSpaceOf(engine)))) {
      const descriptors = await this.describe(row);
      if (descriptors === null) {
        this.logger.warn({ referenceFaceId: row.id }, 'a reference face of other models cannot be described anew: its photos are gone or refused');
        continue;
      }
      // Whoever was first: both describe the same photos by the same models.
      const { id, engine } = row;
      await repository.update({ id, engine: engine!, descriptorSealed: Not(IsNull()) }, { engine: this.judge.engineId, descriptorSealed: this.references.sealTemplate(id, descriptors) });
      this.logger.log({ referenceFaceId: id, from: engine, to: this.judge.engineId }, 'reference face described anew');
    }
  }

  /** One descriptor for each photo of a template: the row's own and those of the versions it was added to. */
  private async describe({ traineeId, version, photos, acceptance, imageId }: ReferenceFaceEntity): Promise<readonly Float32Array[] | null> {
    const added = await this.dataSource.getRepository(ReferenceFaceEntity).find({
      where: { traineeId, acceptance: Not(IsNull()), version: LessThanOrEqual(version) },
      order: { version: 'DESC' },
      take: photos,
    });
    const pictures = acceptance === null ? [imageId] : added.reverse().map((row) => row.imageId);
    if (pictures.length !== photos) return null;
    const descriptors: Float32Array[] = [];
    for (const picture of pictures) {
      const { image } = picture === null ? { image: null } : await this.vault.lookUp(picture);
      const reading = image === null ? null : await this.judge.readReferencePhoto(image.bytes);
      if (reading === null || reading.refusal !== null) return null;
      descriptors.push(reading.descriptor);
    }
    return descriptors;
  }

  private isCurrent(space: string | null): boolean {
    return space === this.judge.descriptorSpace;
  }
}
