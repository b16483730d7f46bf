/**
 * Bench of the rules engine, on the build (`npm run build:server` first).
 *   npm run bench:rules [-- --json]
 * Journals are whole sessions of the story builders: a beat every ten seconds, popups, pictures and face checks as the
 * default policy asks for them. Speed is given as a ratio to parsing the same journal's JSON in the same run, so that
 * machines can be compared; nothing in the engine can be cheaper than reading its input.
 */
import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENGINE = new URL('../../dist/rules/step.js', import.meta.url);
const LESSONS_MIN = [45, 90, 180];
const GOAL_MS = 20;
const ROUNDS = 60;
const asJson = process.argv.includes('--json');
const say = (line) => asJson || process.stdout.write(`${line}\n`);

if (!existsSync(ENGINE)) {
  process.stderr.write('请先编译 / Build first: npm run build\n');
  process.exit(2);
}
// The builders are test code and not part of the build.
register('../mutation/typescript-loader.mjs', import.meta.url, { data: { root: ROOT } });
const { aSession } = await import(join(ROOT, 'src/rules/testing/story.ts'));
const { replay, verdictOf } = await import(ENGINE.href);

/** Journal lines of an honest session, as they lie in the journal. */
function journalOf(lessonMin) {
  const story = aSession({ durationMs: lessonMin * 60_000, seed: 7, delayMs: [5, 80] }).studiesTheLesson();
  if (story.verdict !== 'VALID') throw new Error(`the session of ${lessonMin} min is ${story.verdict}`);
  return story.journal.map((event) => JSON.stringify(event));
}

/** Medians of two things done in turn, ms: what slows the machine for a while slows both. */
function medians(first, second) {
  const times = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, run] of [first, second].entries()) {
      const startedAt = performance.now();
      run();
      times[index].push(performance.now() - startedAt);
    }
  }
  return times.map((each) => each.sort((a, b) => a - b)[ROUNDS >> 1]);
}

const round = (value, digits = 3) => Number(value.toFixed(digits));

const sessions = LESSONS_MIN.map((lessonMin) => {
  const lines = journalOf(lessonMin);
  const events = lines.map((line) => JSON.parse(line));
  if (verdictOf(replay(events)) !== 'VALID') throw new Error('the build judges otherwise than the source: npm run build');
  const [replayMs, parseMs] = medians(() => replay(events), () => lines.forEach((line) => JSON.parse(line)));
  const result = {
    lessonMin,
    entries: lines.length,
    journalBytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
    replayMs: round(replayMs),
    parseMs: round(parseMs),
    ratioToParsing: round(replayMs / parseMs, 2),
    eventsPerSecond: Math.round((lines.length / replayMs) * 1000),
  };
  say(`${lessonMin} 分钟课节 / lesson of ${lessonMin} min: ${result.entries} 条 / entries, 重放 / replay ${result.replayMs} ms, 解析 / parsing ${result.parseMs} ms, ${result.ratioToParsing} ×, ${result.eventsPerSecond} 条/秒/核 / events per second per core`);
  return result;
});

const [shortest, , longest] = sessions;
const summary = {
  bench: 'rules',
  node: process.version,
  sessions,
  eventsPerSecondPerCore: shortest.eventsPerSecond,
  ratioToParsing: shortest.ratioToParsing,
  replay45MinMs: shortest.replayMs,
  goalMs: GOAL_MS,
  isGoalMet: shortest.replayMs < GOAL_MS,
  /** Cost of an entry in the longest lesson against the shortest: 1 where it does not grow with the session. */
  growthPerEntry: round((longest.replayMs / longest.entries) / (shortest.replayMs / shortest.entries), 2),
};
say(`45 分钟 / min: ${summary.replay45MinMs} ms (目标 / goal < ${GOAL_MS} ms); 每条成本增长 / growth of cost per entry ${LESSONS_MIN[0]} → ${LESSONS_MIN.at(-1)} min: ${summary.growthPerEntry} ×`);
if (asJson) process.stdout.write(`${JSON.stringify(summary)}\n`);
