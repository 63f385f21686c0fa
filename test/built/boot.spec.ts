import { synthesizeWav } from '../support/audio-fixtures.js';
import { createEmptyDatabase, type TestDatabase } from '../support/database.js';
import { freePort, ServerProcess } from '../support/server-process.js';

jest.setTimeout(90_000);

const SECRET = 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa';
const PASSWORD = 'Granite-otter-47!';

/** The built server as its operator meets it. */
describe('the built server', () => {
  it('tries the database as often as it is told and then ends with one sentence', async () => {
    const port = await freePort();
    const server = ServerProcess.launch({
      env: {
        APP_ENV: 'production',
        APP_PORT: String(await freePort()),
        JWT_SECRET: SECRET,
        CORS_ALLOWED_ORIGINS: 'https://app.example.com',
        DATABASE_URL: `postgres://nobody:nothing@127.0.0.1:${String(port)}/nowhere`,
        DB_MAX_RETRIES: '2',
        DB_RETRY_INTERVAL: '50ms',
      },
    });
    await expect(server.ended).resolves.toEqual({ code: 1, signal: null });
    const text = server.output();
    expect(text.match(/does not answer yet/g)).toHaveLength(2);
    expect(text).toContain(`127.0.0.1:${String(port)}`);
    expect(text).not.toContain('nothing@');
    expect(text).not.toMatch(/\n\s+at /);
  });

  describe('without keys of the providers', () => {
    let database: TestDatabase;
    let server: ServerProcess;

    beforeAll(async () => {
      database = await createEmptyDatabase();
      const env = {
        APP_ENV: 'production',
        APP_PORT: String(await freePort()),
        JWT_SECRET: SECRET,
        CORS_ALLOWED_ORIGINS: 'https://app.example.com',
        DATABASE_URL: database.url,
      };
      server = ServerProcess.launch({ env });
      await server.untilListening();
    });

    afterAll(async () => {
      await server.stop();
      await database.drop();
    });

    async function call(
      path: string,
      { token, body }: { token?: string; body?: object } = {},
    ): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> {
      const headers = new Headers({ 'content-type': 'application/json' });
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const response = await fetch(`${server.url}/api/v1${path}`, { headers, ...init });
      return { status: response.status, body: await response.json() };
    }

    async function signUp(username: string): Promise<string> {
      const account = { username, email: `${username}@example.test`, password: PASSWORD };
      const { status, body } = await call('/auth/register', { body: account });
      expect(status).toBe(201);
      return body.data.access_token;
    }

    it('refuses to sell and to pay out, gives for free, and refuses files that nobody scans', async () => {
      const seller = await signUp('seller1');
      const buyer = await signUp('buyer1');
      expect((await call('/users/me/become-creator', { token: seller, body: {} })).status).toBe(200);
      const offer = async (price: number): Promise<string> => {
        const content = { title: 'Mixing', product_type: 'service', currency: 'EUR', license_type: 'basic' };
        const answer = await call('/marketplace/products', { token: seller, body: { ...content, price } });
        expect(answer.status).toBe(201);
        return answer.body.data.id;
      };
      const order = async (productId: string): ReturnType<typeof call> =>
        call('/marketplace/orders', { token: buyer, body: { items: [{ product_id: productId }] } });
      expect(await order(await offer(900))).toMatchObject({
        status: 503,
        body: { error: { code: 'PROVIDER_NOT_CONFIGURED' } },
      });
      expect((await call('/marketplace/orders', { token: buyer })).body.data).toEqual([]);
      expect(await call('/marketplace/seller/connect/onboard', { token: seller, body: {} })).toMatchObject({
        status: 503,
        body: { error: { code: 'PROVIDER_NOT_CONFIGURED' } },
      });
      const form = new FormData();
      form.set('title', 'Unscanned');
      form.set('audio', new Blob([new Uint8Array(synthesizeWav())], { type: 'audio/wav' }), 'unscanned.wav');
      const upload = await fetch(`${server.url}/api/v1/tracks`, {
        method: 'POST',
        headers: { authorization: `Bearer ${seller}` },
        body: form,
      });
      expect(upload.status).toBe(503);
      const free = await order(await offer(0));
      expect(free).toMatchObject({ status: 201, body: { data: { order: { status: 'completed' } } } });
    });
  });
});
