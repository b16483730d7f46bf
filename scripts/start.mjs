/**
 * `npm start`: from a fresh clone to a running service on this machine. Installs, builds, starts the embedded
 * PostgreSQL (unless DATABASE_URL names another), migrates, seeds the demo and keeps both processes running.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { isAbsolute, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PlainError, say, seconds, sinceStart, step } from './lib/progress.mjs';
import { ensureBuilt, ensureInstalled } from './lib/project.mjs';
import { Supervised } from './lib/supervisor.mjs';
import { root, run, stopTools } from './lib/tools.mjs';

const READY_TIMEOUT_MS = 90_000;
const POLL_MS = 150;
/** npm passes Ctrl-C on although the terminal has sent it to us already. */
const SAME_SIGNAL_MS = 500;
const PARENT_CHECK_MS = 1000;

const HELP = `用法 / Usage: npm start -- [--port N] [--no-build]
  --port N        端口，默认 3000 / port, 3000 by default (also PORT)
  --no-build      直接使用已编译的 dist / use what is installed and built already
  DATABASE_URL    使用已有的 PostgreSQL / a PostgreSQL of your own
  REDIS_URL       使用 Redis / queues and signals over Redis
  XUEJIAN_DATA_DIR 数据目录，默认 .data / data folder, .data by default
  FACE_WORKERS    人脸处理进程数 / processes that judge faces (FACE_ENGINE: auto, onnx, wasm)
`;

const running = { children: [], postgres: null, isStopping: false, stoppingSince: 0 };

const load = (module) => import(pathToFileURL(join(root, 'dist', module)).href);

function readSettings() {
  let values;
  try {
    ({ values } = parseArgs({ options: { port: { type: 'string' }, 'no-build': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    throw new PlainError(`${error.message}\n${HELP}`);
  }
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const port = Number(values.port ?? (process.env.PORT || 3000));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new PlainError('端口应为 1 到 65535 的整数 / The port must be an integer from 1 to 65535');
  }
  const dataDir = process.env.XUEJIAN_DATA_DIR || '.data';
  const isBuilt = values['no-build'] ?? false;
  return { port, isBuilt, host: process.env.HOST || '127.0.0.1', dataDir: isAbsolute(dataDir) ? dataDir : resolve(root, dataDir) };
}

async function refuseTakenPort({ port, host }) {
  await new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(port, host, () => probe.close(done));
  }).catch((error) => {
    const reasons = { EADDRINUSE: '已被占用 / is in use', EACCES: '无权使用 / is not allowed', EADDRNOTAVAIL: '地址不可用 / has no such address' };
    const reason = reasons[error.code] ?? error.message;
    throw new PlainError(`端口 ${host}:${port} ${reason}。换一个 / Choose another: npm start -- --port ${port < 65_535 ? port + 1 : 3000}`);
  });
}

async function startDatabase({ dataDir }) {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const [{ startEmbeddedPostgres }, { postgresDirOf }] = await Promise.all([load('database/embedded-postgres.js'), load('database/service-user.js')]);
  const dir = postgresDirOf(dataDir);
  if (!dir.startsWith(dataDir)) {
    // PostgreSQL refuses to run as root, and the user that root lends it cannot walk into a closed folder.
    say(`  检出目录对其他用户关闭，数据库放在 / The checkout is closed to other users, the database is kept in ${dir}`);
  }
  const postgres = await startEmbeddedPostgres({ dir }).catch((error) => {
    throw new PlainError(error.message);
  });
  running.postgres = postgres;
  void postgres.ended.then(() => reviveDatabase(startEmbeddedPostgres, { dir, port: postgres.port }));
  return postgres.databaseUrl;
}

/** On the same port, so that both processes find it again by themselves. */
async function reviveDatabase(start, options) {
  for (let waitMs = 500; !running.isStopping; waitMs = Math.min(waitMs * 2, 30_000)) {
    say('! 数据库已退出，正在重启 / The database ended, starting it again');
    try {
      running.postgres = await start(options);
      void running.postgres.ended.then(() => reviveDatabase(start, options));
      return;
    } catch (error) {
      say(`! ${error.message}`);
      await delay(waitMs);
    }
  }
}

async function startProcesses(settings, env) {
  const logDir = join(settings.dataDir, 'logs');
  const isVerbose = Boolean(process.env.LOG_LEVEL);
  const supervise = (name, program) => new Supervised({ name, program: join(root, 'dist', program), env, logDir, isVerbose });
  running.children = [supervise('api', 'main.js'), supervise('worker', 'worker.js')];
  for (const child of running.children) child.start();
  const late = delay(READY_TIMEOUT_MS, null, { ref: false }).then(() => {
    throw new PlainError(`启动超时，请看日志 / Not ready in time, see the logs in ${logDir}`);
  });
  const failed = (error) => {
    throw new PlainError(`启动失败 / Could not start:\n${error.message}`);
  };
  await Promise.race([late, Promise.all(running.children.map((child) => child.ready)).catch(failed).then(() => untilReady(addressOf(settings)))]);
}

async function untilReady(address) {
  for (;;) {
    const isReady = await fetch(`${address}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady || running.isStopping) return;
    await delay(POLL_MS);
  }
}

function addressOf({ host, port }) {
  const visited = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${visited}:${port}`;
}

async function stop(exitCode, isHurried = false) {
  if (running.isStopping && !isHurried) return;
  running.isStopping = true;
  running.stoppingSince = performance.now();
  const isAnythingUp = running.postgres !== null || running.children.length > 0;
  if (isAnythingUp) say(isHurried ? '立即停止 / Stopping at once' : '正在停止 / Stopping …');
  stopTools(isHurried ? 'SIGKILL' : 'SIGTERM');
  await Promise.allSettled(running.children.map((child) => child.stop(isHurried)));
  await running.postgres?.stop(isHurried);
  if (isAnythingUp) say('已停止 / Stopped');
  process.exit(exitCode);
}

function stopOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!running.isStopping) void stop(0);
      else if (performance.now() - running.stoppingSince > SAME_SIGNAL_MS) void stop(1, true);
    });
  }
  // The shell between npm and us does not pass signals on; when npm is gone, so are we.
  if (process.env.npm_lifecycle_event !== undefined && process.platform !== 'win32') {
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && !running.isStopping && void stop(0), PARENT_CHECK_MS).unref();
  }
}

function announce(settings) {
  const address = process.env.PUBLIC_URL || addressOf(settings);
  process.stdout.write(`
学监已启动，用时 ${seconds(sinceStart())} / Xuejian is running

  打开演示课程 / Open the demo lesson   ${address}/demo/
  接口文档     / API reference          ${address}/api
  数据与日志   / Data and logs          ${settings.dataDir}

按 Ctrl-C 停止 / Press Ctrl-C to stop
`);
}

async function main() {
  const settings = readSettings();
  stopOnSignals();
  await refuseTakenPort(settings);
  if (!settings.isBuilt) {
    await ensureInstalled();
    await ensureBuilt();
  }
  mkdirSync(settings.dataDir, { recursive: true });
  const env = {
    ...process.env,
    PORT: String(settings.port),
    HOST: settings.host,
    XUEJIAN_DATA_DIR: settings.dataDir,
    XUEJIAN_DEMO: process.env.XUEJIAN_DEMO || '1',
  };
  env.DATABASE_URL = await step('启动数据库 / Starting the database', () => startDatabase(settings));
  await step('迁移数据库 / Migrating the database', async () => (await load('database/migrate.js')).migrate(env.DATABASE_URL));
  const seed = join(root, 'dist', 'demo', 'seed.js');
  if (env.XUEJIAN_DEMO !== '0' && existsSync(seed)) {
    await step('准备演示数据 / Seeding the demo', () => run(process.execPath, [seed], { env }));
  }
  await step('启动服务 / Starting the API and the worker', () => startProcesses(settings, env));
  if (!running.isStopping) announce(settings);
}

main().catch(async (error) => {
  if (running.isStopping) return;
  process.stderr.write(`\n✗ ${error instanceof PlainError ? error.message : error.stack}\n`);
  await stop(1);
});
