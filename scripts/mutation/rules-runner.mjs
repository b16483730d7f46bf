/**
 * Stryker's test runner for the specs of the rules. The rules are pure and their specs synchronous, so one process loads
 * them once and switches mutants in place: milliseconds for a mutant, where starting jest for each costs seconds.
 */
import { readdirSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS as NAMES } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, DryRunStatus, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { collect, leaveFile } from './test-globals.mjs';

const SPECS = 'src/rules';

class RulesRunner {
  #context = (globalThis[NAMES.NAMESPACE] ??= {});
  #generation = 0;
  #files = [];
  /** Milliseconds of every test in the dry run: what is quick is tried first. */
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
    for (const { id, timeSpentMs } of tests) this.#timeSpentMs.set(id, timeSpentMs);
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.#context[NAMES.MUTATION_COVERAGE_OBJECT] };
  }

  async mutantRun({ activeMutant, mutantActivation, reloadEnvironment, testFilter, hitLimit }) {
    this.#context[NAMES.HIT_LIMIT] = hitLimit;
    this.#context[NAMES.HIT_COUNT] = hitLimit === undefined ? undefined : 0;
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

  async #run(isWanted, isComplete) {
    const results = [];
    const files = this.#files.map((file) => ({ file, tests: this.#quickFirst(file.tests.filter(isWanted)) })).filter(({ tests }) => tests.length > 0);
    files.sort((a, b) => this.#total(a.tests) - this.#total(b.tests));
    for (const { file, tests } of files) {
      for (const test of tests) {
        const result = await this.#runTest(test);
        results.push(result);
        if (result.status === TestStatus.Failed && !isComplete) break;
      }
      await leaveFile(file);
      if (results.at(-1)?.status === TestStatus.Failed && !isComplete) break;
    }
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

  #quickFirst(tests) {
    return [...tests].sort((a, b) => (this.#timeSpentMs.get(a.id) ?? 0) - (this.#timeSpentMs.get(b.id) ?? 0));
  }

  #total(tests) {
    return tests.reduce((sum, { id }) => sum + (this.#timeSpentMs.get(id) ?? 0), 0);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'rules', RulesRunner)];
