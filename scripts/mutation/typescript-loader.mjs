/** Module hooks: TypeScript as jest compiles it, and a new instance of every source module for each generation. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from '@swc/core';
import jestConfig from '../../jest.config.mjs';

const GLOBALS = new URL('./test-globals.mjs', import.meta.url).href;
const [, swcOptions] = jestConfig.projects[0].transform['^.+\\.ts$'];
const compiled = new Map();
let rootUrl = '';

export function initialize({ root }) {
  rootUrl = pathToFileURL(root).href;
}

export function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
  const [parent, generation] = (context.parentURL ?? '').split('?');
  if (specifier === '@xuejian/protocol') return { url: `${rootUrl}/protocol/src/index.ts`, shortCircuit: true };
  if (specifier.startsWith('.') && parent.endsWith('.ts')) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), parent);
    if (existsSync(fileURLToPath(url))) return { url: `${url.href}${generation === undefined ? '' : `?${generation}`}`, shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  const [path] = url.split('?');
  if (!path.endsWith('.ts')) return next(url, context);
  if (!compiled.has(path)) compiled.set(path, compile(fileURLToPath(path)));
  return { format: 'module', source: await compiled.get(path), shortCircuit: true };
}

async function compile(filename) {
  const { code } = await transform(await readFile(filename, 'utf8'), { ...swcOptions, filename, swcrc: false, sourceMaps: false });
  return code;
}
