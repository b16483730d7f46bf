import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LIMITS } from '@xuejian/protocol';
import { DataSource, type EntityManager } from 'typeorm';
import { Problem } from '../common/problem.js';
import { ConsentService } from '../identity/consent.service.js';
import { QueueService } from '../queues/queue.service.js';
import { TraineesService } from '../training/trainees.service.js';
import { MAX_PHOTOS } from './reference-face-changes.js';
import { ReferenceFaceEntity, type ReferenceFaceIntent, type ReferenceFaceRefusal } from './reference-face.entity.js';
import type { ReferenceFaceAnswer } from './reference-face.schemas.js';
import { ReferenceFaceService } from './reference-face.service.js';

/** Longest wait for a worker's judgement. */
const JUDGE_TIMEOUT_MS = 20_000;

/** What the trainee does better, for each reason. */
const ADVICE: Readonly<Record<ReferenceFaceRefusal, string>> = {
  FACE_ABSENT: '照片中没有找到人脸：请正对镜头、露出整张脸后重拍 / No face was found: face the camera with your whole face visible and try again',
  FACE_MULTIPLE: '照片中不止一个人：请只让学员本人入镜后重拍 / There is more than one person: only the trainee may be in the picture',
  FACE_TOO_SMALL: '人脸太小：请靠近镜头后重拍 / The face is too small: come closer to the camera',
  FACE_TURNED: '头转向了一侧：请正脸直视镜头后重拍 / The head is turned to one side: look straight into the camera',
  FACE_TILTED: '头部歪斜或过于仰俯：请把头摆正、镜头与眼睛同高后重拍 / The head is tilted: hold it upright, with the camera at the height of your eyes',
  MOUTH_OPEN: '嘴张开了：请闭上嘴、表情自然后重拍 / The mouth is open: close it and look as you usually do',
  EYES_CLOSED: '眼睛闭着：请睁开双眼后重拍 / The eyes are closed: open them and try again',
  IMAGE_DARK: '光线太暗：请面向光源后重拍 / It is too dark: turn towards the light',
  IMAGE_BRIGHT: '光线过强、脸部发白：请避开强光或闪光灯后重拍 / Too much light, the face is bleached: step out of the glare, switch the flash off',
  IMAGE_UNEVEN: '脸部一侧过暗：请正对光源后重拍 / One side of the face lies in the dark: turn your face to the light',
  IMAGE_BLURRED: '照片不清晰：请擦净镜头、保持不动后重拍 / The picture is blurred: clean the lens and keep still',
  IMAGE_UNREADABLE: '无法读取该图片：请上传 JPEG、PNG 或 WebP 照片 / The picture cannot be read: send a JPEG, PNG or WebP photo',
  IMAGE_TOO_SMALL: '照片尺寸太小：请用更高分辨率重拍 / The picture is too small: take it at a higher resolution',
  IMAGE_TOO_LARGE: '照片过大：请缩小后再上传 / The picture is too large: make it smaller and send it again',
  FACES_DIFFER: '与已采集的照片不像同一个人：请由学员本人、不戴遮挡物重拍 / It does not look like the person of the photos before: the trainee in person, with nothing over the face',
  TEMPLATE_FULL: '已有三张照片，不需要更多 / There are three photos already, which is enough',
  REVIEW_REFUSED: '复核人员未同意更换基准人脸 / A reviewer refused the change of the reference face',
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
   * Makes the photo the trainee's reference face, or one more photo of its template. A change that does not surely show
   * the same person waits for a reviewer; meanwhile the face before stays in force.
   * @throws Problem 404, 409 `CONSENT_REFUSED`, 413, 422 with what to do better, 503 when no worker answers
   */
  async upload(platformId: string, traineeId: string, photo: Buffer, intent: ReferenceFaceIntent): Promise<ReferenceFaceAnswer> {
    await this.trainees.require(platformId, traineeId);
    if (intent === 'ADD') await this.requireRoom(traineeId);
    if (photo.length > LIMITS.imageBytes) throw refused('IMAGE_TOO_LARGE');
    if (photo.length === 0) throw refused('IMAGE_UNREADABLE');
    const referenceFaceId = await this.dataSource.transaction(async (manager) => {
      await this.trainees.lock(manager, platformId, traineeId);
      await this.requireConsent(manager, traineeId);
      return this.references.keepUpload(manager, traineeId, photo, intent);
    });
    await this.queue.addAndWait('reference-face.judge', { referenceFaceId }, JUDGE_TIMEOUT_MS);
    return this.answer(referenceFaceId);
  }

  /** Under the trainee's lock: a withdrawal comes before or after, never in between. */
  private async requireConsent(manager: EntityManager, traineeId: string): Promise<void> {
    const purpose = await this.consents.firstMissing(traineeId, ['FACE_VERIFICATION'], manager);
    if (purpose === null) return;
    const message = '尚未取得人脸核验的单独同意，不能采集人脸 / The separate consent to face verification is missing';
    throw new Problem(409, 'CONSENT_REFUSED', message, { purpose });
  }

  private async requireRoom(traineeId: string): Promise<void> {
    const active = await this.references.activeFor(traineeId);
    if (active === null) throw new Problem(409, 'REFERENCE_FACE_MISSING', '请先采集基准人脸 / Take the reference face first');
    if (active.photos >= MAX_PHOTOS) throw refused('TEMPLATE_FULL');
  }

  private async answer(id: string): Promise<ReferenceFaceAnswer> {
    const { version, status, photos, distance, quality, refusal } = await this.dataSource.getRepository(ReferenceFaceEntity).findOneByOrFail({ id });
    if (refusal !== null) throw refused(refusal);
    if (quality === null || status === 'UPLOADED' || status === 'REFUSED') throw new Error(`reference face ${id} was not judged`);
    return { referenceFaceId: id, version, status, photos, distance, quality };
  }
}

const STATUS: Partial<Readonly<Record<ReferenceFaceRefusal, number>>> = { IMAGE_TOO_LARGE: 413, TEMPLATE_FULL: 409 };

const refused = (refusal: ReferenceFaceRefusal): Problem => new Problem(STATUS[refusal] ?? 422, refusal, ADVICE[refusal]);
