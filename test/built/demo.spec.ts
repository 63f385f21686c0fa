import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeMp3 } from '../support/audio-fixtures.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { freePort, ServerProcess, startServerProcess } from '../support/server-process.js';

jest.setTimeout(120_000);

const KEYS = {
  HYPERSWITCH_API_KEY: 'sandbox-api-key',
  HYPERSWITCH_WEBHOOK_SECRET: 'sandbox-hyperswitch-secret',
  STRIPE_SECRET_KEY: 'sk_test_sandbox',
  STRIPE_WEBHOOK_SECRET: 'whsec_sandbox_platform',
  STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_sandbox_connect',
};
/** Each line of the table at the end: label, our figure, the provider's. */
const TABLE = [
  ['paid by the buyer', '19.99 EUR', '19.99 EUR'],
  ['= fee + share of the seller', '19.99 EUR', '19.99 EUR'],
  ['transferred to the seller', '17.99 EUR', '17.99 EUR'],
  ['refunded to the buyer', '19.99 EUR', '19.99 EUR'],
  ['taken back from the seller', '17.99 EUR', '17.99 EUR'],
  ['kept of the payment', '0.00 EUR', '0.00 EUR'],
  ['left with the seller', '0.00 EUR', '0.00 EUR'],
  ['owed to the seller', '0.00 EUR', '0.00 EUR'],
];

/** `make seed` and `make demo` as their programs are built: ES modules, processes of their own, HTTP between them. */
describe('the built demo against the built server and the built sandbox', () => {
  let database: TestDatabase;
  let folder: string;
  let serverEnv: Record<string, string>;
  let server: ServerProcess;
  let sandbox: ServerProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'veza-demo-'));
    database = await createEmptyDatabase();
    const [appPort, sandboxPort] = [await freePort(), await freePort()];
    sandbox = ServerProcess.launch({
      program: 'tools/psp-sandbox/main.js',
      env: { APP_PORT: String(appPort), PSP_SANDBOX_PORT: String(sandboxPort), ...KEYS },
    });
    const sandboxUrl = `http://127.0.0.1:${String(sandboxPort)}`;
    serverEnv = {
      ...KEYS,
      APP_ENV: 'development',
      APP_PORT: String(appPort),
      HYPERSWITCH_URL: sandboxUrl,
      STRIPE_API_URL: sandboxUrl,
      UPLOAD_DIR: join(folder, 'uploads'),
      MAIL_DIR: join(folder, 'mail'),
      PSP_SANDBOX_PORT: String(sandboxPort),
    };
    server = await startServerProcess(database.url, serverEnv);
  });

  afterAll(async () => {
    await server.stop();
    await sandbox.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function tell(audio: string | null): Promise<{ code: number | null; text: string }> {
    const demo = ServerProcess.launch({
      program: 'tools/demo/main.js',
      env: {
        API_URL: server.url,
        SANDBOX_URL: serverEnv.HYPERSWITCH_URL!,
        ...(audio === null ? {} : { AUDIO: audio }),
      },
    });
    const { code } = await demo.ended;
    return { code, text: demo.output() };
  }

  function expectWholeStory({ code, text }: { code: number | null; text: string }): void {
    expect(text).toContain('Each line adds up.');
    expect(code).toBe(0);
    for (const [label, ours, theirs] of TABLE) {
      const line = text.split('\n').find((one) => one.trim().startsWith(label!));
      expect(line?.replace(/\s+/g, ' ').trim()).toBe(`${label!} ${ours!} = ${theirs!}`);
    }
    expect(text).toMatch(/at the provider\s+tr_\w+/);
    expect(text).toMatch(/reversal\s+trr_\w+/);
    expect(text).toContain('403 LICENSE_REVOKED');
  }

  it('tells the whole story with a melody of its own, as often as it is asked', async () => {
    expectWholeStory(await tell(null));
    expectWholeStory(await tell(null));
  });

  it('tells it with a given file and shows its true duration', async () => {
    const file = join(folder, 'half-a-minute.mp3');
    writeFileSync(file, synthesizeMp3({ durationMs: 30_000 }));
    const story = await tell(file);
    expectWholeStory(story);
    expect(Number(/duration\s+([\d.]+) s/.exec(story.text)?.[1])).toBeCloseTo(30, 0);
  });

  it('ends with one sentence when the file is no audio', async () => {
    const file = join(folder, 'letter.mp3');
    writeFileSync(file, 'Dear reader, this is a letter and not a song.');
    const { code, text } = await tell(file);
    expect(code).toBe(1);
    expect(text.trim().split('\n').at(-1)).toBe(
      'POST /tracks was refused with 422 TRACK_INVALID_FORMAT: the content is not mp3 audio',
    );
    expect(text).not.toContain('    at ');
  });

  it('writes the demo data beside the running server, and nothing when asked again', async () => {
    const seed = async (): Promise<string> => {
      const env = {
        ...serverEnv,
        DATABASE_URL: database.url,
        JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
      };
      const program = ServerProcess.launch({ program: 'tools/seed/main.js', env });
      expect(await program.ended).toEqual({ code: 0, signal: null });
      return program.output();
    };
    expect(await seed()).toBe(
      'Demo data, users: 3 made, 0 there already.\n' +
        'Demo data, tracks: 3 made, 0 there already.\n' +
        'Demo data, marketplace: 4 made, 0 there already.\n',
    );
    expect(await seed()).toBe(
      'Demo data, users: 0 made, 3 there already.\n' +
        'Demo data, tracks: 0 made, 3 there already.\n' +
        'Demo data, marketplace: 0 made, 4 there already.\n',
    );
  });

  it.each(['staging', 'production'])('refuses to write demo data in %s, in one sentence', async (stage) => {
    const program = ServerProcess.launch({ program: 'tools/seed/main.js', env: { APP_ENV: stage } });
    expect(await program.ended).toEqual({ code: 78, signal: null });
    expect(program.output()).toBe(
      `The demo data are for development and tests only: refused with APP_ENV=${stage}.\n`,
    );
  });
});
