import { transformFileSync } from '@swc/core';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { waitFor } from '../../test/support/wait-for.js';
import { createSandbox } from './index.js';
import { TEST_KEYS } from './spec-support.js';

type Child = ChildProcessByStdio<null, Readable, Readable>;

const ENVIRONMENT = {
  HYPERSWITCH_API_KEY: TEST_KEYS.apiKey,
  HYPERSWITCH_WEBHOOK_SECRET: TEST_KEYS.hyperswitchWebhookSecret,
  STRIPE_SECRET_KEY: TEST_KEYS.stripeSecretKey,
  STRIPE_WEBHOOK_SECRET: TEST_KEYS.stripeWebhookSecret,
  STRIPE_CONNECT_WEBHOOK_SECRET: TEST_KEYS.stripeConnectWebhookSecret,
  PSP_SANDBOX_PORT: '0',
};

/** Compiles the sandbox alone, as ESM: it must run with nothing but Node beside it. */
function compileTo(folder: string): void {
  const source = join(process.cwd(), 'tools', 'psp-sandbox');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.includes('spec')) continue;
    const { code } = transformFileSync(join(source, file), {
      swcrc: false,
      module: { type: 'nodenext' },
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    });
    const target = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
}

describe('the payment sandbox as a program', () => {
  let folder: string;
  const children: Child[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'psp-sandbox-main-'));
    compileTo(folder);
  });
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  interface Run {
    child: Child;
    output: () => string;
    exit: Promise<number | null>;
  }
  const run = (environment: Record<string, string>): Run => {
    const child = spawn(process.execPath, [join(folder, 'main.js')], {
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const exit = new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    return { child, output: () => output, exit };
  };

  it.each(['staging', 'production'])(
    'refuses APP_ENV=%s with one sentence and exit code 78',
    async (stage) => {
      const { output, exit } = run({ ...ENVIRONMENT, APP_ENV: stage });
      expect(await exit).toBe(78);
      expect(output()).toBe(
        `The payment sandbox refuses to run with APP_ENV=${stage}: it is for development and tests only.\n`,
      );
    },
  );

  it('names the keys that are missing and exits with 78', async () => {
    const { output, exit } = run({ ...ENVIRONMENT, STRIPE_SECRET_KEY: '', HYPERSWITCH_API_KEY: '' });
    expect(await exit).toBe(78);
    expect(output()).toBe('The payment sandbox needs HYPERSWITCH_API_KEY, STRIPE_SECRET_KEY.\n');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'serves on the loopback interface and leaves at once on %s',
    async (signal) => {
      const { child, output, exit } = run(ENVIRONMENT);
      const url = await waitFor(() => /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0]);
      expect(await (await fetch(`${url}/_sandbox/health`)).json()).toEqual({ status: 'ok' });
      child.kill(signal);
      expect(await exit).toBe(0);
    },
  );

  it('says so in one sentence when the port is in use', async () => {
    const other = await createSandbox(TEST_KEYS);
    const { output, exit } = run({ ...ENVIRONMENT, PSP_SANDBOX_PORT: new URL(other.url).port });
    expect(await exit).toBe(1);
    expect(output()).toBe(
      'The port of the payment sandbox is in use; set PSP_SANDBOX_PORT to another one.\n',
    );
    await other.close();
  });
});
