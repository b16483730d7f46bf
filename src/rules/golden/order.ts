import { expect } from '@jest/globals';
import { minutes, seconds } from '../testing/opening.js';
import { aSession, type Story } from '../testing/story.js';
import { calm, type StoryCase } from './golden-case.js';

const [played, approved, rendition] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];

const lost = { code: 'R6_EVIDENCE_MISSING', attribution: 'PLATFORM_CONTROL' } as const;

/** A valid session whose pictures are gone from the store, one after the other. */
function withoutPictures(hasReceipt: boolean): Story {
  const story = aSession(calm).studiesTheLesson();
  for (const { snapshotId } of story.state.slices.R6.qualifying) {
    expect(story.verdict).toBe('VALID');
    story.happens({ type: 'evidence.missing', snapshotId, imageId: `image-${snapshotId}`, hasReceipt });
  }
  return story;
}

/** R5 专业课程学习不按内容先后顺序设置管理, what was opened, and what comes after the end */
export const order: readonly StoryCase[] = [
  {
    number: 55,
    title: 'lesson 3 before lesson 2',
    ends: [{ verdict: 'INVALID', code: 'R5_OUT_OF_ORDER', attribution: 'PLATFORM_CONTROL', effect: 'INVALIDATE_SESSION' }],
    tell: () => {
      const predecessors = [{ lessonId: 'lesson-1', position: 1, isCompleted: true }, { lessonId: 'lesson-2', position: 2, isCompleted: false }];
      const lesson = { lessonId: 'lesson-3', position: 3, title: '第三课', durationMs: minutes(8), videoSha256: played };
      return [aSession({ ...calm, lesson, predecessors }).begins().plays(seconds(30))];
    },
  },
  {
    number: 56,
    title: 'predecessor later voided',
    ends: [{ verdict: 'VALID', code: 'R5_PREDECESSOR_VOIDED', attribution: 'UNKNOWN', effect: 'RECORD_ONLY' }],
    tell: () => [aSession(calm).studiesTheLesson().happens({ type: 'predecessor.voided', lessonId: 'lesson-1', sessionId: 'session-of-lesson-1' })],
  },
  {
    number: 57,
    title: 'syllabus re-ordered mid-course',
    ends: [{ verdict: 'VALID', code: 'R5_SYLLABUS_CHANGED', attribution: 'PLATFORM_CONTROL', effect: 'RECORD_ONLY' }],
    tell: () => [aSession({ ...calm, syllabusVersion: 1, currentSyllabusVersion: 2 }).studiesTheLesson()],
  },
  {
    number: 58,
    title: 'video replaced by a re-encode without approval',
    ends: [
      { verdict: 'NOT_RECOGNISED', code: 'C11_VIDEO_CHANGED_AFTER_APPROVAL', attribution: 'PLATFORM_CONTROL', effect: 'NOT_RECOGNISED' },
      { verdict: 'NOT_RECOGNISED', code: 'C11_VIDEO_NOT_APPROVED', attribution: 'PLATFORM_CONTROL', effect: 'NOT_RECOGNISED' },
      { verdict: 'VALID', code: null },
    ],
    tell: () => {
      const video = { approvedSha256s: [approved, rendition], approvalRef: '宛人社视审〔2022〕3号', isRequired: true };
      return [
        aSession({ ...calm, video }).studiesTheLesson(),
        aSession({ ...calm, video: { approvedSha256s: [], approvalRef: null, isRequired: true } }).studiesTheLesson(),
        // A rendition that was registered with the approved master.
        aSession({ ...calm, video: { ...video, approvedSha256s: [approved, played] } }).studiesTheLesson(),
      ];
    },
  },
  {
    number: 59,
    title: 'retake after INVALID',
    ends: [
      { verdict: 'INVALID', code: 'R1_RATE_EXCEEDED', attribution: 'TRAINEE_CONDUCT', effect: 'INVALIDATE_SESSION' },
      { verdict: 'VALID', code: 'MAKEUP', attribution: 'UNKNOWN', effect: 'RECORD_ONLY' },
    ],
    tell: () => [
      aSession({ durationMs: minutes(8), seed: 5 }).begins().plays(seconds(20)).playsAtSpeed(1.5).plays(minutes(3)),
      aSession({ durationMs: minutes(8), seed: 6, sessionId: 'session-2', attempt: 2, supersedes: 'session-1', commitment: 'd'.repeat(64) }).studiesTheLesson(),
    ],
    proves: (old, retake) => {
      expect(retake.state.schedule?.snapshots).not.toEqual(old.state.schedule?.snapshots);
      expect(retake.state.schedule?.popupGaps).not.toEqual(old.state.schedule?.popupGaps);
    },
  },
  {
    number: 60,
    title: 'snapshot stored, disk lost before evaluation',
    ends: [{ verdict: 'PENDING_REVIEW', ...lost, effect: 'REVIEW' }, { verdict: 'INVALID', ...lost, effect: 'INVALIDATE_SESSION' }],
    tell: () => [withoutPictures(true), withoutPictures(false)],
  },
];
