/**
 * Stryker's test runner for the specs of the rules. The rules are pure and their specs synchronous, so one process loads
 * them once and switches mutants in place: milliseconds for a mutant, where starting jest for each costs seconds.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS as NAMES } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, DryRunStatus, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { collect, leaveFile } from './test-globals.mjs';

const SPECS = 'src/rules';
/** In the sandbox, for all its processes. */
const TIMES = 'test-times.json';

class RulesRunner {
  #context = (globalThis[NAMES.NAMESPACE] ??= {});
  #generation = 0;
  #files = [];
  /** Milliseconds of every test in the dry run, which another process may have made. */
  #timeSpentMs = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  init() {
    register('./typescript-loader.mjs', import.meta.url, { data: { root: process.cwd() } });
  }

  async dryRun() {
    this.#context[NAMES.MUTATION_COVERAGE_OBJECT] = { static: {}, perTest: {} };
    await this.#load();
    const tests = await this.#run(() => true, true);
    writeFileSync(TIMES, JSON.stringify(tests.map(({ id, timeSpentMs }) => [id, timeSpentMs])));
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.#context[NAMES.MUTATION_COVERAGE_OBJECT] };
  }

  async mutantRun({ activeMutant, mutantActivation, reloadEnvironment, testFilter, hitLimit }) {
    this.#context[NAMES.HIT_LIMIT] = hitLimit;
    this.#context[NAMES.HIT_COUNT] = hitLimit === undefined ? undefined : 0;
    if (this.#timeSpentMs.size === 0) this.#timeSpentMs = new Map(JSON.parse(readFileSync(TIMES, 'utf8')));
    const isStatic = mutantActivation === 'static';
    try {
      if (isStatic) this.#context[NAMES.ACTIVE_MUTANT] = activeMutant.id;
      if (this.#files.length === 0 || reloadEnvironment) await this.#load();
      this.#context[NAMES.ACTIVE_MUTANT] = activeMutant.id;
      const wanted = testFilter === undefined ? null : new Set(testFilter);
      const tests = await this.#run(({ id }) => wanted === null || wanted.has(id), false);
      const limit = determineHitLimitReached(this.#context[NAMES.HIT_COUNT], hitLimit);
      return limit ?? toMutantRunResult({ status: DryRunStatus.Complete, tests });
    } catch (error) {
      // A mutant that does not even load is noticed by every test.
      return toMutantRunResult({ status: DryRunStatus.Complete, tests: [{ id: 'load', name: 'load', timeSpentMs: 0, status: TestStatus.Failed, failureMessage: String(error) }] });
    } finally {
      this.#context[NAMES.ACTIVE_MUTANT] = undefined;
      if (isStatic) this.#files = [];
    }
  }

  /** Evaluates specs and rules afresh; what they are compiled to stays known. */
  async #load() {
    this.#files = [];
    this.#generation += 1;
    const names = readdirSync(SPECS, { recursive: true }).filter((name) => name.endsWith('.spec.ts')).sort();
    const files = [];
    for (const name of names) files.push(await collect(name, () => import(`${pathToFileURL(join(process.cwd(), SPECS, name))}?generation=${this.#generation}`)));
    this.#files = files;
  }

  /** Runs what is wanted, the quick tests first, up to the first that fails or to the end. */
  async #run(isWanted, isComplete) {
    const results = [];
    const visited = new Set();
    const wanted = this.#files.flatMap((file) => file.tests.filter(isWanted).map((test) => ({ file, test })));
    wanted.sort((a, b) => this.#timeOf(a.test) - this.#timeOf(b.test));
    for (const { file, test } of wanted) {
      visited.add(file);
      const result = await this.#runTest(test);
      results.push(result);
      if (result.status === TestStatus.Failed && !isComplete) break;
    }
    for (const file of visited) await leaveFile(file);
    return results;
  }

  async #runTest({ id, run }) {
    this.#context[NAMES.CURRENT_TEST_ID] = id;
    const startedAt = performance.now();
    const result = (status, rest) => ({ id, name: id, timeSpentMs: Math.round(performance.now() - startedAt), status, ...rest });
    try {
      await run();
      return result(TestStatus.Success);
    } catch (error) {
      return result(TestStatus.Failed, { failureMessage: String(error?.message ?? error) });
    } finally {
      this.#context[NAMES.CURRENT_TEST_ID] = undefined;
    }
  }

  #timeOf({ id }) {
    return this.#timeSpentMs.get(id) ?? 0;
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'rules', RulesRunner)];
