/**
 * `npm test`: from a fresh clone through lint, build, type check and all levels of tests. Ends with one plain line,
 * `N passed, N failed`. `npm test -- --only unit,e2e` runs some of them.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PlainError, say, step } from './lib/progress.mjs';
import { ensureBuilt, ensureInstalled } from './lib/project.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { npm, root, run, stopTools } from './lib/tools.mjs';

const MINUTE_MS = 60_000;

/**
 * Levels of tests in stages, cheap ones first. The levels of a stage share its two workers: the long ones that mostly
 * wait (a lesson takes its time) run beside others. `needs` names what a stage cannot do without.
 */
const STAGES = [
  { levels: ['rules', 'unit'], limitMs: 15 * MINUTE_MS, needs: [] },
  { levels: ['integration'], limitMs: 20 * MINUTE_MS, needs: ['build', 'database', 'redis'] },
  { levels: ['attacks', 'e2e'], limitMs: 50 * MINUTE_MS, needs: ['build', 'database', 'chromium'] },
];

const CHECKS = [
  { name: 'lint', title: '代码检查 / Lint', work: () => npm(['run', '--silent', 'lint']) },
  { name: 'build', title: '编译 / Build', work: () => ensureBuilt() },
  { name: 'typecheck', title: '类型检查 / Type check', work: () => npm(['run', '--silent', 'typecheck']) },
];

const sum = { passed: 0, failed: 0 };
const failures = [];

function count(passed, failed, what) {
  sum.passed += passed;
  sum.failed += failed;
  if (failed > 0) failures.push(what);
}

function selected() {
  const names = [...CHECKS.map(({ name }) => name), ...STAGES.flatMap(({ levels }) => levels)];
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const only = values.only?.split(',') ?? names;
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new PlainError(`没有 / There is no ${unknown.join(', ')}: ${names.join(', ')}`);
  return new Set(only);
}

/** Returns whether it held. */
async function check({ name, title, work }) {
  try {
    await step(title, work);
    count(1, 0, name);
    return true;
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    say(`✗ ${title}\n${error.message}`);
    count(0, 1, name);
    return false;
  }
}

async function runStage({ levels, limitMs }, env, folder) {
  const name = levels.join(' + ');
  const results = join(folder, `${levels[0]}.json`);
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const command = [jest, '--selectProjects', ...levels, '--json', `--outputFile=${results}`, '--maxWorkers=2'];
  const limit = setTimeout(() => stopTools('SIGKILL'), limitMs);
  try {
    await step(`测试 ${name} / Tests: ${name}`, () => run(process.execPath, command, { env, isLoud: true }));
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    say(`✗ ${name}`);
  } finally {
    clearTimeout(limit);
  }
  countResults(name, results);
}

function countResults(name, file) {
  let results;
  try {
    results = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return count(0, 1, `${name} (没有结果 / no results)`);
  }
  // A file that does not even load has no tests to count, and a level without tests proves nothing.
  const broken = results.numRuntimeErrorTestSuites + (results.numTotalTests === 0 ? 1 : 0);
  const names = results.testResults.filter((suite) => suite.status === 'failed').map((suite) => suite.name.replace(root, ''));
  return count(results.numPassedTests, results.numFailedTests + broken, names.join(', ') || `${name} (没有测试 / no tests)`);
}

async function runStages(stages, isBuilt) {
  const folder = mkdtempSync(join(tmpdir(), 'xuejian-tests-'));
  let postgres = null;
  try {
    const env = { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`.trim() };
    for (const stage of stages) {
      if (stage.needs.includes('build') && !isBuilt) {
        count(0, 1, `${stage.levels.join(', ')} (未编译 / not built)`);
        continue;
      }
      if (stage.needs.includes('database') && postgres === null) {
        postgres = await step('启动测试数据库 / Starting the test database', startPostgres);
        env.XUEJIAN_TEST_POSTGRES = postgres.databaseUrl;
      }
      await runStage(stage, env, folder);
    }
  } finally {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One server for all spec files of the run, under a folder that its user can reach. */
async function startPostgres() {
  const load = (module) => import(pathToFileURL(join(root, 'dist', 'database', module)).href);
  const { startEmbeddedPostgres } = await load('embedded-postgres.js');
  const dir = join(tmpdir(), `xuejian-test-postgres-${process.pid}`);
  const postgres = await startEmbeddedPostgres({ dir, isThrowaway: true });
  return {
    databaseUrl: postgres.databaseUrl,
    async stop() {
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function main() {
  const names = selected();
  const stages = STAGES.map((stage) => ({ ...stage, levels: stage.levels.filter((level) => names.has(level)) })).filter(({ levels }) => levels.length > 0);
  await ensureInstalled();
  await ensureSystemPackages(new Set(stages.flatMap(({ needs }) => needs)));
  const held = new Map();
  for (const one of CHECKS) if (names.has(one.name)) held.set(one.name, await check(one));
  if (!held.has('build') && stages.some(({ needs }) => needs.includes('build'))) held.set('build', await check(CHECKS[1]));
  await runStages(stages, held.get('build') ?? false);
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stopTools('SIGKILL');
    process.exit(1);
  });
}

main()
  .catch((error) => {
    say(`✗ ${error instanceof PlainError ? error.message : error.stack}`);
    sum.failed += 1;
  })
  .finally(() => {
    for (const failure of failures) say(`✗ ${failure}`);
    process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`);
    process.exitCode = sum.failed > 0 ? 1 : 0;
  });
