/**
 * Makes `dist/xuejian-verify.mjs`, the command as one file, and `dist/index.html`, the page as one file. Neither loads
 * anything else, at any time. The page allows its own script and style sheet by their hashes.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const textOf = (name) => readFileSync(pathOf(name), 'utf8');

/** The engine's version is the server's: the page and the command carry the same engine. */
const { version } = JSON.parse(textOf('../package.json'));

async function bundle(entry, { target, ...more }) {
  const [result] = [
    await build({
      root: pathOf('.'),
      configFile: false,
      logLevel: 'warn',
      define: { __ENGINE_VERSION__: JSON.stringify(version) },
      build: { write: false, target, minify: true, modulePreload: false, ...more.build },
      ...(more.ssr && { ssr: more.ssr }),
    }),
  ].flat();
  const chunks = result.output.filter(({ type }) => type === 'chunk');
  if (chunks.length !== 1) throw new Error(`${entry} became ${chunks.length} files`);
  return chunks[0].code;
}

const command = () =>
  bundle('src/main.ts', { target: 'node20', build: { ssr: pathOf('src/main.ts') }, ssr: { noExternal: true, target: 'node' } });

const script = () =>
  bundle('src/page/main.ts', { target: 'es2022', build: { lib: { entry: pathOf('src/page/main.ts'), name: 'XuejianVerify', formats: ['iife'] } } });

const hashOf = (text) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;

/** What would end the script early, or begin a comment in it, as the parser of HTML sees it. */
const asInline = (code) => code.trim().replaceAll('\r\n', '\n').replace(/<(?=\/script|script|!--)/gi, '\\x3c');

async function page() {
  const code = asInline(await script());
  const style = textOf('src/page/page.css');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(code)}`,
    `style-src ${hashOf(style)}`,
    'worker-src blob:',
    'img-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts = { policy, style, script: code, version };
  return textOf('src/page/page.html').replace(/%(policy|style|script|version)%/g, (_, name) => parts[name]);
}

rmSync(pathOf('dist'), { recursive: true, force: true });
mkdirSync(pathOf('dist'));
writeFileSync(pathOf('dist/xuejian-verify.mjs'), `#!/usr/bin/env node\n${await command()}`, { mode: 0o755 });
writeFileSync(pathOf('dist/index.html'), await page());
