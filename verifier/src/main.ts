import { run } from './cli.js';

process.exitCode = await run(process.argv.slice(2), { version: __ENGINE_VERSION__ }, {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
