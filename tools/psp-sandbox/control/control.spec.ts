import { runInNewContext } from 'node:vm';
import { waitFor } from '../../../test/support/wait-for.js';
import type { Sandbox } from '../index.js';
import {
  control,
  hyperswitch,
  paid,
  paymentIdOf,
  readySeller,
  refundIdOf,
  startSandbox,
  stripeCall,
} from '../spec-support.js';

describe('control API and pages of the payment sandbox', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    sandbox.reset();
  });

  const press = (path: string, body?: unknown): ReturnType<typeof control> =>
    control(sandbox.url, 'POST', path, body);
  const look = (path: string): ReturnType<typeof control> => control(sandbox.url, 'GET', path);

  it('decides about payments, refunds and accounts, and shows the books', async () => {
    const id = paymentIdOf('a1');
    await hyperswitch(sandbox.url, 'POST', '/payments', { payment_id: id, amount: 2500, currency: 'EUR' });
    expect((await press(`/payments/${id}/fail`, { errorCode: 'do_not_honor' })).body).toMatchObject({
      status: 'failed',
    });
    expect((await press(`/payments/${id}/succeed`)).body).toMatchObject({ status: 'succeeded' });
    await hyperswitch(sandbox.url, 'POST', '/refunds', {
      payment_id: id,
      refund_id: refundIdOf('a1'),
      amount: 500,
    });
    expect((await press(`/refunds/${refundIdOf('a1')}/review`)).body).toMatchObject({ status: 'review' });
    expect((await press(`/refunds/${refundIdOf('a1')}/succeed`)).body).toMatchObject({ status: 'succeeded' });
    const account = await readySeller(sandbox);
    await stripeCall(sandbox.url, '/v1/transfers', { destination: account, amount: '2000', currency: 'eur' });
    expect((await look('/books')).body).toMatchObject({
      payments: [{ id, amountReceivedMinor: 2500 }],
      accounts: [{ id: account, state: 'ready', balancesMinor: { eur: 2000 } }],
      totals: { EUR: { capturedMinor: 2500, refundedMinor: 500, transferredMinor: 2000, reversedMinor: 0 } },
    });
    expect((await press(`/accounts/${account}/payout`)).body).toMatchObject({ paidOutMinor: { eur: 2000 } });
    expect((await press(`/accounts/${account}/restrict`)).body).toMatchObject({ state: 'restricted' });
    expect((await press(`/accounts/${account}/deauthorize`)).body).toMatchObject({ state: 'deauthorized' });
  });

  it('plays a payment of another amount and a refund from the dashboard', async () => {
    const id = paymentIdOf('b1');
    await hyperswitch(sandbox.url, 'POST', '/payments', { payment_id: id, amount: 2500, currency: 'EUR' });
    await press(`/payments/${id}/succeed`, { amountMinor: 100 });
    expect(sandbox.books().totals['EUR']?.capturedMinor).toBe(100);
    expect((await press(`/payments/${id}/refund`)).body).toMatchObject({
      amountMinor: 100,
      origin: 'dashboard',
    });
  });

  it('answers 404 to unknown ids and 409 to what cannot be done now', async () => {
    for (const path of [
      '/payments/x/succeed',
      '/refunds/x/fail',
      '/accounts/x/ready',
      '/webhooks/x/resend',
      '/nothing',
    ]) {
      expect([path, (await press(path)).status]).toEqual([path, 404]);
    }
    const id = await paid(sandbox, 'c1');
    expect((await press(`/payments/${id}/fail`)).status).toBe(409);
  });

  it('takes faults, refuses nonsense, and logs the calls it received', async () => {
    const ordered = await press('/faults', {
      match: { method: 'POST', path: '^/payments$' },
      fault: 'status',
      status: 503,
    });
    expect(ordered.status).toBe(200);
    expect((await look('/faults')).body).toMatchObject([{ remaining: 1, order: { fault: 'status' } }]);
    const reply = await hyperswitch(sandbox.url, 'POST', '/payments', {});
    expect(reply.status).toBe(503);
    expect((await look('/requests')).body).toMatchObject([
      { path: '/payments', fault: 'status', status: 503 },
    ]);
    for (const wrong of [
      { fault: 'explode' },
      { webhook: 'eat' },
      { fault: 'hold', times: 'two' },
      { fault: 'hold', match: { path: '(' } },
    ]) {
      expect((await press('/faults', wrong)).status).toBe(400);
    }
    await press('/faults', { webhook: 'lose' });
    await press('/faults/clear');
    expect((await look('/faults')).body).toEqual([]);
    expect((await look('/holds')).body).toEqual([]);
    expect((await press('/holds/release')).body).toEqual({ released: 0 });
  });

  it('changes settings and refuses wrong ones', async () => {
    const change = {
      autoSettleMs: 5,
      platformBalanceMinor: { eur: 10 },
      stripeWebhookUrl: 'http://127.0.0.1:9/stripe',
    };
    expect((await press('/settings', change)).body).toMatchObject({
      ...change,
      stripeConnectWebhookUrl: change.stripeWebhookUrl,
    });
    for (const wrong of [
      { autoSettleMs: 'soon' },
      { platformBalanceMinor: 3 },
      { stripeWebhookUrl: 'nowhere' },
      { hyperswitchDialect: 'x' },
    ]) {
      expect((await press('/settings', wrong)).status).toBe(400);
    }
    const back = await press('/settings', {
      autoSettleMs: null,
      platformBalanceMinor: null,
      stripeWebhookUrl: null,
    });
    expect(back.body).toMatchObject({ autoSettleMs: null, platformBalanceMinor: null });
  });

  it('refuses to have its buttons pressed by a page of another site', async () => {
    const id = await paid(sandbox, 'd1');
    const reply = await fetch(`${sandbox.url}/_sandbox/payments/${id}/refund`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(reply.status).toBe(403);
    expect(sandbox.books().refunds).toEqual([]);
  });

  it('serves a page that loads nothing from outside', async () => {
    const reply = await fetch(`${sandbox.url}/`);
    const page = await reply.text();
    expect(reply.headers.get('content-type')).toContain('text/html');
    expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).not.toMatch(/(src|href)=|https?:\/\//);
    for (const label of ['pay', 'decline', 'refund succeeded', 'refund failed', 'account ready']) {
      expect(page).toContain(`'${label}'`);
    }
  });

  it('shows the books on the page, and its buttons decide', async () => {
    const id = paymentIdOf('f1');
    await hyperswitch(sandbox.url, 'POST', '/payments', { payment_id: id, amount: 2500, currency: 'EUR' });
    const page = await openPage(sandbox.url);
    await waitFor(() => page.texts().includes(id));
    expect(page.texts()).toContain('2500 EUR');
    await page.press('pay');
    await waitFor(() => page.texts().includes('refund in dashboard'));
    expect(sandbox.books().payments).toMatchObject([{ id, status: 'succeeded' }]);
    await page.press('refund in dashboard');
    await waitFor(() => page.texts().includes('refund succeeded'));
    await page.press('refund succeeded');
    expect(sandbox.books().totals['EUR']?.refundedMinor).toBe(2500);
  });

  it('lets a buyer pay on the checkout page and escapes what the shop wrote', async () => {
    const return_url = 'https://shop.example/?a="><script>alert(1)</script>';
    const id = paymentIdOf('e1');
    const body = { payment_id: id, amount: 2500, currency: 'EUR', payment_link: true, return_url };
    const created = await hyperswitch(sandbox.url, 'POST', '/payments', body);
    const { link } = created.body['payment_link'] as { link: string };
    expect(await (await fetch(link)).text()).toContain('Decline');
    const paidPage = await (await fetch(`${link}/pay`, { method: 'POST' })).text();
    expect(paidPage).toContain('<b>succeeded</b>');
    expect(paidPage).not.toContain('<script>alert');
    expect(sandbox.books().totals['EUR']?.capturedMinor).toBe(2500);
  });
});

interface Node {
  textContent: string;
  children: Node[];
  listener: (() => Promise<void>) | null;
  append: (child: Node) => void;
  replaceChildren: (child: Node) => void;
  addEventListener: (event: string, listener: () => Promise<void>) => void;
}

function newNode(): Node {
  const node: Node = {
    textContent: '',
    children: [],
    listener: null,
    append: (child) => node.children.push(child),
    replaceChildren: (child) => {
      node.children = [child];
    },
    addEventListener: (_event, listener) => {
      node.listener = listener;
    },
  };
  return node;
}

/** Runs the page's script against the few parts of a browser that it uses. */
async function openPage(
  url: string,
): Promise<{ texts: () => string[]; press: (label: string) => Promise<void> }> {
  const html = await (await fetch(`${url}/`)).text();
  const parts: Record<string, Node> = { books: newNode(), problem: newNode() };
  runInNewContext(/<script>(.*)<\/script>/s.exec(html)?.[1] ?? '', {
    document: { createElement: newNode, getElementById: (id: string) => parts[id] },
    fetch: (path: string, init?: RequestInit) => fetch(url + path, init),
    setInterval: () => 0,
  });
  const all = (node: Node | undefined): Node[] => (node ? [node, ...node.children.flatMap(all)] : []);
  return {
    texts: () => all(parts['books']).map((node) => node.textContent),
    press: async (label) => {
      await all(parts['books'])
        .find((node) => node.textContent === label)
        ?.listener?.();
      expect(parts['problem']?.textContent).toBe('');
    },
  };
}
