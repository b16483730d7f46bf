import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

/** Bytes a lesson page has to load (gzip). Raising it is a decision, not an accident. */
const BUDGET_BYTES = { es: 22_000, iife: 34_000 };

const keepBudget = (format) => ({
  name: 'byte-budget',
  writeBundle(_options, bundle) {
    const bytes = Object.values(bundle)
      .filter((output) => output.type === 'chunk')
      .reduce((sum, chunk) => sum + gzipSync(chunk.code).byteLength, 0);
    if (bytes > BUDGET_BYTES[format]) {
      throw new Error(`${format} bundle is ${bytes} bytes gzipped; the budget is ${BUDGET_BYTES[format]}`);
    }
  },
});

/** ESM leaves socket.io-client to the platform's bundler; the IIFE carries everything for a plain script tag. */
export default defineConfig(({ mode }) => {
  const isIife = mode === 'iife';
  return {
    define: { __SDK_VERSION__: JSON.stringify(version) },
    logLevel: 'warn',
    build: {
      target: 'es2022',
      outDir: 'dist',
      emptyOutDir: !isIife,
      sourcemap: true,
      minify: true,
      lib: {
        entry: 'src/index.ts',
        name: 'Xuejian',
        formats: [isIife ? 'iife' : 'es'],
        fileName: () => (isIife ? 'proctor-client.iife.js' : 'proctor-client.js'),
      },
      rolldownOptions: { external: isIife ? [] : ['socket.io-client'] },
    },
    plugins: [keepBudget(isIife ? 'iife' : 'es')],
  };
});
