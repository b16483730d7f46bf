import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Whether a module was started as a program (`node dist/x.js`) rather than imported. Pass `import.meta.url`. */
export function isMain(moduleUrl: string): boolean {
  const started = process.argv[1];
  if (started === undefined) return false;
  try {
    return pathToFileURL(realpathSync(started)).href === moduleUrl;
  } catch {
    return false;
  }
}
