import { type TestApp, api, createTestApp } from '../../support/index.js';

interface Failure {
  success: boolean;
  error: { code: string; message: string; details: { field: string; message: string }[] };
  meta: { timestamp: string; request_id: string };
}

describe('HTTP base', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await createTestApp();
  });
  afterAll(() => test.close());

  const expectFailure = (body: unknown, code: string): void => {
    const failure = body as Failure;
    expect(failure).toEqual({
      success: false,
      error: { code, message: expect.any(String) as string, details: expect.any(Array) as unknown[] },
      meta: { timestamp: expect.any(String) as string, request_id: expect.any(String) as string },
    });
    expect(JSON.stringify(failure)).not.toMatch(/\bat .+:\d+:\d+/);
  };

  it('answers an unknown route with the error envelope', async () => {
    const response = await test.http.get(api('/nowhere')).expect(404);
    expectFailure(response.body, 'ROUTE_NOT_FOUND');
  });

  it('echoes a harmless request id and replaces any other', async () => {
    const kept = await test.http.get(api('/nowhere')).set('X-Request-ID', 'abc-123');
    expect(kept.headers['x-request-id']).toBe('abc-123');
    expect((kept.body as Failure).meta.request_id).toBe('abc-123');
    const replaced = await test.http.get(api('/nowhere')).set('X-Request-ID', 'a b\tc');
    expect(replaced.headers['x-request-id']).toMatch(/^req_[0-9a-z]{26}$/);
  });

  it('answers RFC 9457 to callers that ask for it', async () => {
    const response = await test.http
      .get(api('/nowhere'))
      .set('Accept', 'application/problem+json')
      .expect(404);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(response.text)).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' });
  });

  it('sends the security headers of S4 on every answer', async () => {
    const { headers } = await test.http.get(api('/nowhere'));
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'x-xss-protection': '1; mode=block',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'permissions-policy': 'geolocation=(), microphone=(), camera=()',
    });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('lets localhost through CORS in tests and no stranger', async () => {
    const own = await test.http.options(api('/auth/login')).set({
      Origin: 'http://localhost:3000',
      'Access-Control-Request-Method': 'PUT',
    });
    expect(own.headers['access-control-allow-origin']).toBe('http://localhost:3000');
    expect(own.headers['access-control-allow-methods']).toContain('PUT');
    const foreign = await test.http.options(api('/auth/login')).set({
      Origin: 'https://evil.example',
      'Access-Control-Request-Method': 'PUT',
    });
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('serves the console and its assets from this server alone', async () => {
    const page = await test.http.get('/swagger/index.html').expect(200);
    expect(page.text).not.toMatch(/(src|href)="https?:/);
    const assets = [...page.text.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) {
      const { pathname } = new URL(asset, 'http://localhost/swagger/index.html');
      await test.http.get(pathname).expect(200);
    }
  });

  it('serves its OpenAPI document as JSON and as YAML', async () => {
    const json = await test.http.get('/openapi.json').expect(200);
    expect(json.body).toMatchObject({ openapi: '3.1.0', info: { title: 'Veza Backend API' } });
    const yaml = await test.http.get('/openapi.yaml').expect(200);
    expect(yaml.text).toMatch(/^openapi: 3\.1\.0/);
  });
});
