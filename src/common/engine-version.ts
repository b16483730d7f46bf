import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The same place from `src` and from `dist`. */
const PACKAGE = new URL('../../package.json', import.meta.url);

/** Named in reports and bundles: which engine judged. */
export const ENGINE_VERSION = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(PACKAGE, 'utf8'))).version;
