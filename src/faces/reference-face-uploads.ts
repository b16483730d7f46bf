import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LIMITS } from '@xuejian/protocol';
import { DataSource } from 'typeorm';
import { Problem } from '../common/problem.js';
import { ConsentService } from '../identity/consent.service.js';
import { QueueService } from '../queues/queue.service.js';
import { TraineesService } from '../training/trainees.service.js';
import { ReferenceFaceEntity, type ReferenceFaceRefusal } from './reference-face.entity.js';
import type { ReferenceFaceAnswer } from './reference-face.schemas.js';
import { ReferenceFaceService } from './reference-face.service.js';

/** Longest wait for a worker's judgement. */
const JUDGE_TIMEOUT_MS = 20_000;

const ADVICE: Readonly<Record<ReferenceFaceRefusal, string>> = {
  FACE_ABSENT: '照片中没有找到人脸：请正对镜头、露出整张脸后重拍 / No face was found: face the camera with your whole face visible and try again',
  FACE_MULTIPLE: '照片中不止一个人：请只让学员本人入镜后重拍 / There is more than one person: only the trainee may be in the picture',
  FACE_TOO_SMALL: '人脸太小：请靠近镜头后重拍 / The face is too small: come closer to the camera',
  IMAGE_DARK: '光线太暗：请面向光源后重拍 / It is too dark: turn towards the light',
  IMAGE_BLURRED: '照片不清晰：请擦净镜头、保持不动后重拍 / The picture is blurred: clean the lens and keep still',
  IMAGE_UNREADABLE: '无法读取该图片：请上传 JPEG、PNG 或 WebP 照片 / The picture cannot be read: send a JPEG, PNG or WebP photo',
  IMAGE_TOO_SMALL: '照片尺寸太小：请用更高分辨率重拍 / The picture is too small: take it at a higher resolution',
  IMAGE_TOO_LARGE: '照片过大：请缩小后再上传 / The picture is too large: make it smaller and send it again',
};

/** Takes photos in at the API and waits for a worker to judge them. */
@Injectable()
export class ReferenceFaceUploads {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly trainees: TraineesService,
    private readonly consents: ConsentService,
    private readonly references: ReferenceFaceService,
    private readonly queue: QueueService,
  ) {}

  /**
   * Makes the photo the trainee's reference face.
   * @throws Problem 404, 409 `CONSENT_REFUSED`, 413, 422 with what to do better, 503 when no worker answers
   */
  async upload(platformId: string, traineeId: string, photo: Buffer): Promise<ReferenceFaceAnswer> {
    await this.trainees.require(platformId, traineeId);
    if (!(await this.consents.hasActive(traineeId, 'FACE_VERIFICATION'))) {
      const message = '学员尚未单独同意人脸核验，不能采集人脸 / The trainee has not consented to face verification';
      throw new Problem(409, 'CONSENT_REFUSED', message, { purpose: 'FACE_VERIFICATION' });
    }
    if (photo.length > LIMITS.imageBytes) throw refused('IMAGE_TOO_LARGE');
    if (photo.length === 0) throw refused('IMAGE_UNREADABLE');
    const referenceFaceId = await this.dataSource.transaction(async (manager) => {
      await this.trainees.lock(manager, platformId, traineeId);
      return this.references.keepUpload(manager, traineeId, photo);
    });
    await this.queue.addAndWait('reference-face.judge', { referenceFaceId }, JUDGE_TIMEOUT_MS);
    return this.answer(referenceFaceId);
  }

  private async answer(id: string): Promise<ReferenceFaceAnswer> {
    const { version, quality, refusal } = await this.dataSource.getRepository(ReferenceFaceEntity).findOneByOrFail({ id });
    if (refusal !== null) throw refused(refusal);
    if (quality === null) throw new Error(`reference face ${id} was not judged`);
    return { referenceFaceId: id, version, quality };
  }
}

const refused = (refusal: ReferenceFaceRefusal): Problem =>
  new Problem(refusal === 'IMAGE_TOO_LARGE' ? 413 : 422, refusal, ADVICE[refusal]);
