import { Module } from '@nestjs/common';
import { ReviewCases } from './review-cases.js';

/** Cases for reviewers: for what opens them (sessions, reference faces) and for those who decide them. */
@Module({ providers: [ReviewCases], exports: [ReviewCases] })
export class ReviewCasesModule {}
