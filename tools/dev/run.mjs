// `make run` and, with --watch, `make dev`: the whole product on this machine, from nothing to the demo accounts.
import { existsSync, mkdirSync, watch } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Children } from './children.mjs';
import { startDatabase } from './database.mjs';
import { createEnvFile } from './env-file.mjs';
import {
  build,
  inProject,
  install,
  requireNode,
  requirePort,
  requireWritable,
  settings,
} from './project.mjs';
import { waitUntil } from './processes.mjs';
import { readRunNote, removeRunNote, writeRunNote } from './run-note.mjs';
import { Sentence, runMain } from './sentence.mjs';
import { seed } from './seed.mjs';
import { printWelcome } from './welcome.mjs';

const isWatching = process.argv.includes('--watch');
const command = isWatching ? 'make dev' : 'make run';
const START_TIMEOUT_MS = 90_000;

await runMain(async () => {
  requireNode();
  requireWritable();
  const other = readRunNote();
  if (other)
    throw new Sentence(
      `The product already runs from this folder (process ${other.pid}, ${other.apiUrl}): stop that one first.`,
    );
  createEnvFile();
  const setting = settings();
  const plan = planFrom(setting);
  await requirePort(plan.apiPort, 'APP_PORT', command);
  if (plan.usesSandbox) await requirePort(plan.sandboxPort, 'PSP_SANDBOX_PORT', command);
  install();
  build();
  return serve(plan);
});

function planFrom(setting) {
  const apiPort = Number(setting('APP_PORT') ?? setting('PORT') ?? 8080);
  const sandboxPort = Number(setting('PSP_SANDBOX_PORT') ?? 8090);
  const environment = setting('APP_ENV') ?? setting('ENVIRONMENT') ?? 'development';
  return {
    apiPort,
    sandboxPort,
    apiUrl: `http://localhost:${apiPort}`,
    sandboxUrl: `http://127.0.0.1:${sandboxPort}`,
    usesSandbox: ['development', 'test'].includes(environment),
    databaseUrl: setting('DATABASE_URL'),
    hasOldDatabaseNames: setting('DB_HOST') !== undefined,
    setting,
  };
}

async function serve(plan) {
  const stopAsked = stopSignal();
  const children = new Children();
  const starting = startAll(plan, children);
  try {
    const ended = await Promise.race([stopAsked, children.crashed, starting]);
    // Once everything runs, only a stop or a crash is left to wait for.
    const reason = ended === 'running' ? await Promise.race([stopAsked, children.crashed]) : ended;
    if (reason === 'stop') {
      console.log('\nStopping ...');
      return 0;
    }
    console.error(`\n${reason}`);
    return 1;
  } finally {
    await children.stop();
    await starting.catch(() => undefined);
    removeRunNote();
  }
}

async function startAll(plan, children) {
  mkdirSync(inProject('.data'), { recursive: true });
  const env = { ...process.env, ...(plan.usesSandbox ? sandboxAddresses(plan) : {}) };
  if (!plan.databaseUrl && !plan.hasOldDatabaseNames) {
    await children.startCluster(async (onLaunch) => {
      const { cluster, url } = await startDatabase(onLaunch);
      env.DATABASE_URL = url;
      return cluster;
    });
  }
  const databaseUrl = env.DATABASE_URL ?? plan.databaseUrl;
  const [started] = await Promise.all([
    startServer(plan, children, env),
    plan.usesSandbox ? startSandbox(plan, children, env) : undefined,
  ]);
  let server = started;
  writeRunNote({ pid: process.pid, apiUrl: plan.apiUrl, sandboxUrl: plan.sandboxUrl, databaseUrl });
  await seed({ env });
  printWelcome(plan);
  if (isWatching) {
    onSourceChange(async () => {
      try {
        build();
      } catch (error) {
        console.error(error.message);
        return;
      }
      await children.end(server);
      server = await startServer(plan, children, env);
      console.log('Restarted.');
    });
  }
  return 'running';
}

async function startSandbox(plan, children, env) {
  const program = inProject('dist/tools/psp-sandbox/main.js');
  if (!existsSync(program)) return;
  const own = { ...env, ...sandboxEnvironment(plan) };
  children.start('The payment sandbox', ['--enable-source-maps', program], own);
  await waitForAnswer(plan.sandboxUrl, 'The payment sandbox', children);
}

/** With another port for the sandbox the addresses in .env would miss it. */
function sandboxAddresses({ sandboxUrl, setting }) {
  const isLocal = (name) => /^http:\/\/(127\.0\.0\.1|localhost):/.test(setting(name) ?? '');
  const names = ['HYPERSWITCH_URL', 'STRIPE_API_URL'].filter(isLocal);
  return Object.fromEntries(names.map((name) => [name, sandboxUrl]));
}

/** The sandbox reads no files of the product: it is told its keys and where to send webhooks. */
function sandboxEnvironment({ apiPort, sandboxPort, setting }) {
  const names = [
    'HYPERSWITCH_API_KEY',
    'HYPERSWITCH_WEBHOOK_SECRET',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRET',
  ];
  const keys = [...names, 'STRIPE_CONNECT_WEBHOOK_SECRET'].map((name) => [name, setting(name) ?? '']);
  return {
    ...Object.fromEntries(keys),
    APP_ENV: setting('APP_ENV') ?? 'development',
    APP_PORT: String(apiPort),
    PSP_SANDBOX_PORT: String(sandboxPort),
    PSP_SANDBOX_STATE: inProject('.data', 'psp-sandbox.json'),
  };
}

async function startServer(plan, children, env) {
  const server = children.start('The server', ['--enable-source-maps', inProject('dist/src/main.js')], env);
  await waitForAnswer(`http://127.0.0.1:${plan.apiPort}/healthz`, 'The server', children);
  return server;
}

async function waitForAnswer(url, name, children) {
  const isUp = await waitUntil(
    () =>
      children.isStopping ||
      fetch(url, { signal: AbortSignal.timeout(2000) }).then(
        (answer) => answer.body?.cancel().then(() => answer.status < 500),
        () => false,
      ),
    START_TIMEOUT_MS,
    50,
  );
  if (!isUp)
    throw new Sentence(`${name} did not answer at ${url} within ${START_TIMEOUT_MS / 1000} seconds.`);
}

function onSourceChange(rebuild) {
  let pending;
  let work = Promise.resolve();
  const changed = (_event, file) => {
    if (file !== null && !/\.ts$/.test(file)) return;
    clearTimeout(pending);
    pending = setTimeout(() => {
      work = work.then(rebuild);
    }, 200);
  };
  for (const folder of ['src', 'migrations', 'tools'])
    watch(inProject(folder), { recursive: true, persistent: false }, changed);
}

/** Ctrl-C, a polite kill, a closed terminal, or make itself gone. A second Ctrl-C does not wait any longer. */
function stopSignal() {
  return new Promise((resolve) => {
    let count = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        count += 1;
        // The watchdog ends what is left.
        if (count > 1 && signal === 'SIGINT') process.exit(130);
        resolve('stop');
      });
    }
    if (process.env.MAKELEVEL !== undefined) void watchParent().then(() => resolve('stop'));
  });
}

async function watchParent() {
  const parent = process.ppid;
  while (process.ppid === parent) await delay(1000, undefined, { ref: false });
}
