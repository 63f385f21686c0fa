import { randomUUID } from 'node:crypto';
import { AppConfig } from '../../../../src/infrastructure/config/index.js';
import { type Actor, api, newTrack } from '../../../support/index.js';
import { synthesizeWav } from '../../../support/audio-fixtures.js';
import { readPdf } from '../../../support/pdf.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

interface LicenseBody {
  id: string;
  number: string;
  order_id: string;
  issued_at: string;
  terms: Record<string, unknown>;
}

const UNICODE_TITLE = 'Ночь; Ελλάδα "ñ" / ..\\ Zażółć — №7';

describe('certificates of licences', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let buyer: Actor;
  let trackId: string;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
    buyer = await world.buyer();
    const file = synthesizeWav({ durationMs: 400, sampleRateHz: 8_000 });
    trackId = (await newTrack(world.test, seller, { file, fields: { title: 'Зимняя песня' } })).id;
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const get = (path: string, actor: Actor | null = buyer) =>
    world.test.http.get(api(path)).set(actor?.auth ?? {});
  const buy = async (over: object = {}): Promise<PaidOrder> => {
    const product = { title: UNICODE_TITLE, product_type: 'track', track_id: trackId, price: 1250, ...over };
    const { body } = await world.test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send(product)
      .expect(201);
    const order = await world.placeOrder(buyer, [(body as { data: { id: string } }).data.id]);
    if (order.paymentId !== '') await world.pay(order);
    return order;
  };
  const licenseOf = async (order: PaidOrder): Promise<LicenseBody> => {
    const { body } = await get('/marketplace/licenses?limit=100').expect(200);
    return (body.data as LicenseBody[]).find((license) => license.order_id === order.id)!;
  };
  const usernameOf = async (actor: Actor): Promise<string> =>
    (await world.test.sql<{ username: string }>('SELECT username FROM users WHERE id = $1', [actor.id]))[0]!
      .username;
  const certificate = (id: string, actor: Actor | null = buyer) =>
    get(`/marketplace/licenses/${id}/certificate`, actor)
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks)));
      });

  describe('GET /marketplace/licenses/:id/certificate', () => {
    it('states the facts of the sale and nothing else, in any script', async () => {
      const order = await buy({ license_type: 'premium' });
      const license = await licenseOf(order);
      const answer = await certificate(license.id).expect(200);
      expect(answer.headers['content-type']).toBe('application/pdf');
      expect(answer.headers['content-disposition']).toBe(
        `attachment; filename="license-${license.number}.pdf"`,
      );
      expect(answer.headers['cache-control']).toBe('private, no-store');
      const { pages, text, title } = await readPdf(answer.body as Buffer);
      expect([pages, title]).toEqual([1, `License ${license.number}`]);
      const issued = license.issued_at.slice(0, 16).replace('T', ' ');
      expect(text).toBe(
        `Veza License certificate ${license.number} Product ${UNICODE_TITLE} Track Зимняя песня ` +
          `License type premium Licensor ${await usernameOf(seller)} Licensee ${await usernameOf(buyer)} ` +
          `Order number ${order.id} Date of issue ${issued} UTC Price paid €12.50 ` +
          `Verify at ${world.test.app.get(AppConfig).publicApiUrl}/api/v1/licenses/verify/${license.number} ` +
          'This license includes Commercial use included Copies up to 10,000 Streams up to 500,000 ' +
          'Broadcast included Use in video included Exclusive no Credit to the licensor required ' +
          'Files original Edition of the terms 1',
      );
    });

    it('writes the price in the way of its currency, and a free one as zero', async () => {
      for (const [over, price] of [
        [{ currency: 'JPY' }, '¥1,250'],
        [{ price: 0 }, '€0.00'],
      ] as const) {
        const license = await licenseOf(await buy(over));
        const { text } = await readPdf((await certificate(license.id).expect(200)).body as Buffer);
        expect(text).toContain(`Price paid ${price} Verify`);
      }
    });

    it('names characters that its font cannot draw, instead of the same empty box for all', async () => {
      const license = await licenseOf(await buy({ title: '日本 \u{1f3b5}\ufe0f e\u0301 ok' }));
      const { text } = await readPdf((await certificate(license.id).expect(200)).body as Buffer);
      expect(text.normalize('NFC')).toContain('Product [U+65E5][U+672C] [U+1F3B5] é ok Track');
    });

    it('goes with terms in the words of the tiers on sale', async () => {
      const license = await licenseOf(await buy({ license_type: 'unlimited' }));
      const { body } = await get('/marketplace/license-types', null).expect(200);
      const tiers = (body as { data: { license_type: string }[] }).data;
      expect(license.terms).toEqual(tiers.find((tier) => tier.license_type === 'unlimited'));
    });

    it('states no terms of recordings for a service', async () => {
      const license = await licenseOf(await buy({ product_type: 'service', track_id: null }));
      expect(license.terms).toBeNull();
      const { text } = await readPdf((await certificate(license.id).expect(200)).body as Buffer);
      expect(text).toContain('Price paid €12.50');
      expect(text).not.toContain('This license includes');
    });

    it('runs on to further pages', async () => {
      const license = await licenseOf(await buy());
      await world.test.sql(
        `UPDATE licenses SET product_title = $2, terms = jsonb_set(terms, '{files}', to_jsonb(string_to_array($3, ','))) WHERE id = $1`,
        [license.id, 'Ш'.repeat(200), `${'original,'.repeat(600)}last`],
      );
      const { pages, text } = await readPdf((await certificate(license.id).expect(200)).body as Buffer);
      expect(pages).toBeGreaterThan(1);
      expect(text).toContain('Edition of the terms 1');
    });

    it('is for its owner only: others get 404 as for what does not exist', async () => {
      const license = await licenseOf(await buy());
      for (const actor of [await world.buyer(), seller, await world.admin()]) {
        const foreign = await get(`/marketplace/licenses/${license.id}/certificate`, actor).expect(404);
        const absent = await get(`/marketplace/licenses/${randomUUID()}/certificate`, actor).expect(404);
        expect(foreign.body.error).toEqual(absent.body.error);
        expect(foreign.body.error.code).toBe('LICENSE_NOT_FOUND');
      }
      const anonymous = await get(`/marketplace/licenses/${license.id}/certificate`, null).expect(401);
      expect(anonymous.body.error.code).toBe('AUTH_TOKEN_INVALID');
      expect((await get('/marketplace/licenses/1/certificate').expect(400)).body.error.code).toBe(
        'VALIDATION_ERROR',
      );
    });

    it('is not given for a licence that is suspended or revoked', async () => {
      const order = await buy();
      await world.transfersAre(order.id, 'completed');
      const { id, number } = await licenseOf(order);
      await world.test.sql(`UPDATE licenses SET status = 'suspended' WHERE id = $1`, [id]);
      expect((await get(`/marketplace/licenses/${id}/certificate`).expect(403)).body.error.code).toBe(
        'LICENSE_SUSPENDED',
      );
      expect((await get(`/licenses/verify/${number}`, null).expect(200)).body.data).toMatchObject({
        valid: false,
        status: 'suspended',
      });
      await world.test.sql(`UPDATE licenses SET status = 'active' WHERE id = $1`, [id]);
      await world.refunded(order);
      expect((await get(`/marketplace/licenses/${id}/certificate`).expect(403)).body.error.code).toBe(
        'LICENSE_REVOKED',
      );
      expect((await get(`/licenses/verify/${number}`, null).expect(200)).body.data).toMatchObject({
        valid: false,
        status: 'revoked',
      });
    });
  });

  describe('GET /licenses/verify/:number', () => {
    it('tells anybody that a number is genuine, without a word about people', async () => {
      const license = await licenseOf(await buy());
      const { number } = license;
      const expected = {
        valid: true,
        status: 'active',
        product_title: UNICODE_TITLE,
        license_type: 'basic',
        issued_at: license.issued_at,
      };
      const bare = number.replaceAll('-', '').toLowerCase();
      for (const typed of [number, bare, bare.slice(2), encodeURIComponent(` ${number} `)]) {
        expect((await get(`/licenses/verify/${typed}`, null).expect(200)).body.data).toEqual(expected);
      }
      expect((await get(`/licenses/verify/${number}`).expect(200)).body.data).toEqual(expected);
    });

    it('gives the same 404 for a number never issued, a mistyped one and none at all', async () => {
      const { number } = await licenseOf(await buy());
      const wrong = number.slice(0, -1) + (number.endsWith('0') ? '1' : '0');
      for (const typed of ['VZ-0000-0000-0000', wrong, '1', 'a'.repeat(300), 'VZ%2F..%2F..', '%D0%A8']) {
        const { body } = await get(`/licenses/verify/${typed}`, null).expect(404);
        expect(body.error).toMatchObject({ code: 'LICENSE_NOT_FOUND', message: 'License not found' });
      }
    });
  });

  it('refuses a number with bytes that no text has', async () => {
    expect((await get('/licenses/verify/%00', null).expect(400)).body.error.code).toBe('VALIDATION_ERROR');
  });

  it('leaves both books in agreement', async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
});
