// `npm run bench`: the product against a plain Fastify + pg server that answers the same, in one run.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../tools/embedded-postgres/index.mjs';
import { freePort } from '../tools/dev/processes.mjs';
import { projectRoot } from '../tools/dev/project.mjs';
import { createBenchData } from './data.mjs';
import { cpuPerRequest, residentMegabytes } from './measure.mjs';

const ROUNDS = 3;
const REQUESTS = 1_000;
const TRACKS = Number(process.env.BENCH_TRACKS ?? 20_000);
const JWT_SECRET = 'bench-only-secret-0123456789abcdef0123';
/** The bounds of the issue: our CPU per request over the plain server's. */
const BOUNDS = { 'GET /tracks': 2.2, 'GET /auth/me': 4 };

const cluster = await startCluster({ projectRoot, isDurable: false });
const folder = mkdtempSync(join(tmpdir(), 'veza-bench-'));
const children = [];

try {
  const databaseUrl = cluster.url;
  const product = await startServer('dist/src/main.js', databaseUrl);
  console.log(`start of the built server to its first answer: ${product.startMs} ms (bound 3000)`);
  const token = await createBenchData({ databaseUrl, apiUrl: product.url, tracks: TRACKS });
  const plain = await startServer('bench/plain-server.mjs', databaseUrl);

  const routes = [
    { name: 'GET /tracks', product: '/api/v1/tracks?limit=20', plain: '/tracks', headers: {} },
    {
      name: 'GET /auth/me',
      product: '/api/v1/auth/me',
      plain: '/me',
      headers: { authorization: `Bearer ${token}` },
    },
  ];
  console.log(
    `\n${TRACKS} tracks, ${ROUNDS} rounds of ${REQUESTS} requests at 10 connections, best round, CPU of the server process`,
  );
  console.log('route          product us/req   plain us/req   ratio   bound');
  for (const route of routes) {
    const best = { product: Infinity, plain: Infinity };
    // The first round warms both up and does not count; the others alternate, so that both see the same machine.
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [side, server] of [
        ['plain', plain],
        ['product', product],
      ]) {
        const us = await cpuPerRequest(server.pid, server.url + route[side], route.headers, REQUESTS);
        if (round > 0) best[side] = Math.min(best[side], us);
      }
    }
    const ratio = best.product / best.plain;
    console.log(
      `${route.name.padEnd(15)}${best.product.toFixed(0).padStart(14)}${best.plain.toFixed(0).padStart(15)}${ratio.toFixed(2).padStart(8)}${String(BOUNDS[route.name]).padStart(8)}`,
    );
  }
  const idle = await startServer('dist/src/main.js', databaseUrl);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  console.log(
    `\nidle resident memory of a fresh server: ${residentMegabytes(idle.pid).toFixed(0)} MB (bound 200)`,
  );
} finally {
  for (const child of children) child.kill('SIGTERM');
  await cluster.stop('SIGQUIT');
  rmSync(folder, { recursive: true, force: true });
}

async function startServer(script, databaseUrl) {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [script], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      APP_ENV: 'staging',
      APP_PORT: String(port),
      DATABASE_URL: databaseUrl,
      JWT_SECRET,
      CORS_ALLOWED_ORIGINS: 'https://bench.example',
      CLAMAV_REQUIRED: 'false',
      UPLOAD_DIR: join(folder, 'uploads'),
      MAIL_DIR: join(folder, 'mail'),
      RATE_LIMIT_LIMIT: '100000000',
    },
  });
  children.push(child);
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}`);
    const isUp = await fetch(`${url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) return { pid: child.pid, url, startMs: Math.round(performance.now() - began) };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
