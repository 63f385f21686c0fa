import { createTestApp, type TestApp } from '../../support/test-app.js';

interface Parameter {
  in: string;
  name: string;
  required?: boolean;
  schema?: { format?: string };
}

interface Operation {
  summary?: string;
  security?: Record<string, unknown>[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, unknown> };
  responses: Record<string, { content?: Record<string, unknown> }>;
}

interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, { required?: string[]; properties: Record<string, { type?: unknown }> }>;
  };
}

/** The document is what clients are generated from, so it must say what the server does. */
describe('the OpenAPI document', () => {
  let test: TestApp;
  let document: ApiDocument;
  let operations: [string, Operation][];

  beforeAll(async () => {
    test = await createTestApp();
    document = (await test.http.get('/openapi.json').expect(200)).body as ApiDocument;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );
  });

  afterAll(() => test.close());

  const operation = (name: string): Operation => {
    const found = operations.find(([key]) => key === name);
    if (found === undefined) throw new Error(`${name} is not documented`);
    return found[1];
  };
  const namesOf = (wrong: (one: Operation, name: string) => boolean): string[] =>
    operations.filter(([name, one]) => wrong(one, name)).map(([name]) => name);

  it('says of every operation what it does and who may call it', () => {
    expect(namesOf((one) => (one.summary ?? '') === '')).toEqual([]);
    expect(namesOf((one) => one.security === undefined)).toEqual([]);
    expect(operation('POST /api/v1/auth/login').security).toEqual([]);
    expect(operation('GET /api/v1/auth/me').security).toEqual([{ bearer: [] }]);
  });

  it('leaves the token to the caller where the route does', () => {
    for (const name of ['GET /api/v1/tracks', 'GET /api/v1/marketplace/products/{id}']) {
      expect(operation(name).security).toEqual(expect.arrayContaining([{}, { bearer: [] }]));
    }
  });

  it('names every header once and demands none that the server does without', () => {
    const namesInLowerCase = (one: Operation): string[] =>
      (one.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name.toLowerCase()}`);
    expect(namesOf((one) => new Set(namesInLowerCase(one)).size !== namesInLowerCase(one).length)).toEqual(
      [],
    );
    expect(operation('POST /api/v1/marketplace/orders').parameters).toContainEqual(
      expect.objectContaining({ in: 'header', name: 'Idempotency-Key', required: false }),
    );
  });

  it('answers every failure as JSON and every file with its bytes', () => {
    const failures = (one: Operation): [string, { content?: Record<string, unknown> }][] =>
      Object.entries(one.responses).filter(([status]) => Number(status) >= 400);
    expect(
      namesOf((one) => failures(one).some(([, { content }]) => content?.['application/json'] === undefined)),
    ).toEqual([]);
    expect(
      namesOf((one) =>
        Object.entries(one.responses).some(
          ([status, { content }]) => ['200', '201', '202', '206'].includes(status) && content === undefined,
        ),
      ),
    ).toEqual([]);
    const download = operation('GET /api/v1/tracks/{id}/download').responses;
    expect(Object.keys(download)).toEqual(expect.arrayContaining(['200', '206', '304', '416']));
    expect(Object.keys(download['200']?.content ?? {})).toEqual(['audio/*']);
  });

  it('requires the fields that the server requires', () => {
    const required = (name: string): string[] => document.components.schemas[name]?.required ?? [];
    expect(required('CreateProductDto')).toEqual(['title', 'product_type', 'price']);
    expect(required('UpdateProductDto')).toEqual([]);
    expect(document.components.schemas.CreateProductDto?.properties.track_id?.type).toEqual([
      'string',
      'null',
    ]);
    expect(required('RefundItemDto')).toEqual(['order_item_id']);
    expect(required('CreateTrackFormDto')).toEqual(['title', 'audio']);
  });

  it('says that money is whole', () => {
    const money =
      /^(amount|.*_amount|amount_reversed|platform_fee|unit_price|price|withheld|available|pending|in_transit|debt|balance)$/;
    const broken = Object.entries(document.components.schemas).flatMap(([schema, { properties }]) =>
      Object.entries(properties)
        .filter(
          ([field, { type }]) =>
            money.test(field) && type !== 'boolean' && ![type].flat().includes('integer'),
        )
        .map(([field]) => `${schema}.${field}`),
    );
    expect(broken).toEqual([]);
  });

  it('documents the bodies, and which of them may be left out', () => {
    for (const provider of ['hyperswitch', 'stripe']) {
      const { requestBody } = operation(`POST /api/v1/webhooks/${provider}`);
      expect(Object.keys(requestBody?.content ?? {})).toEqual(['application/json']);
    }
    expect(operation('POST /api/v1/auth/logout').requestBody?.required).toBe(false);
    expect(operation('POST /api/v1/marketplace/orders/{id}/refund').requestBody?.required).toBe(false);
    expect(operation('POST /api/v1/auth/login').requestBody?.required).toBe(true);
  });

  it('says that ids in paths are UUIDs', () => {
    expect(
      namesOf((one, name) =>
        (one.parameters ?? []).some(
          ({ in: place, name: id, schema }) =>
            place === 'path' &&
            !['username', 'number'].includes(id) &&
            !name.includes('/admin/jobs/') &&
            schema?.format !== 'uuid',
        ),
      ),
    ).toEqual([]);
  });
});
