import { describe, expect, it } from '@jest/globals';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession } from './testing/story.js';

const skipped = [
  { lessonId: 'lesson-1', position: 1, isCompleted: true },
  { lessonId: 'lesson-2', position: 2, isCompleted: false },
];

describe('R5 专业课程学习不按内容先后顺序设置管理', () => {
  it('fails a professional lesson that was credited before the one before it', () => {
    const story = aSession({ predecessors: skipped }).begins().plays(seconds(20));
    expect(story.failure).toBe('R5_OUT_OF_ORDER');
    expect(story.state.findings.at(-1)).toMatchObject({ attribution: 'PLATFORM_CONTROL', detail: { missingLessonId: 'lesson-2' } });
  });

  it('does not fail one that was opened but never credited', () => {
    const story = aSession({ predecessors: skipped }).begins();
    story.browser.beat();
    story.timePasses(minutes(2));
    expect(story.failure).toBeNull();
    expect(story.verdict).toBe('INCOMPLETE');
  });

  it('leaves general courses free', () => {
    expect(aSession({ courseType: 'GENERAL', predecessors: skipped }).studiesTheLesson().verdict).toBe('VALID');
  });

  it('takes general courses too where the policy says so', () => {
    const policy = aPolicy({ sequence: { scope: 'ALL' } });
    expect(aSession({ policy, courseType: 'GENERAL', predecessors: skipped }).begins().plays(seconds(20)).failure).toBe('R5_OUT_OF_ORDER');
  });

  it('asks for nothing where the policy knows no order', () => {
    const policy = aPolicy({ sequence: { scope: 'NONE' } });
    expect(aSession({ policy, predecessors: skipped, courseType: 'GENERAL' }).studiesTheLesson().verdict).toBe('VALID');
    expect(aSession({ policy, predecessors: skipped }).studiesTheLesson().failure).toBe('R5_NO_ORDER_POLICY');
  });

  it('passes the first lesson, and one whose predecessors are completed under the syllabus of the enrolment', () => {
    expect(aSession({ predecessors: [] }).studiesTheLesson().verdict).toBe('VALID');
    expect(aSession({ syllabusVersion: 2 }).studiesTheLesson().verdict).toBe('VALID');
  });
});
