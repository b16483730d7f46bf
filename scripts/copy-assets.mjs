/** Copies what the compiler leaves behind (JSON profiles, pages, media of `src/`) to the same place in `dist/`. */
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);

cpSync(fileURLToPath(new URL('src', root)), fileURLToPath(new URL('dist', root)), {
  recursive: true,
  filter: (source) => !source.endsWith('.ts'),
});
