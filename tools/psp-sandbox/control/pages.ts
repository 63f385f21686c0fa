import { html, type Answer } from '../http/wire.js';
import type { Router } from '../http/router.js';
import type { SandboxControls } from '../sandbox-controls.js';
import { booksPage } from './books-page.js';
import { escapeHtml, plainPage } from './plain-page.js';

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The pages for a person: books, onboarding of a seller, checkout of a buyer. Nothing is loaded from outside. */
export function addPages(router: Router, sandbox: SandboxControls): void {
  router
    .add('GET', '/', () => page(booksPage()))
    .add('GET', '/favicon.ico', () => ({ status: 204, body: '', contentType: 'image/x-icon' }))
    .add('GET', '/_sandbox/onboarding/:token', ({ params }) =>
      onboarding(sandbox, params['token'] ?? '', false),
    )
    .add('POST', '/_sandbox/onboarding/:token', ({ params }) =>
      onboarding(sandbox, params['token'] ?? '', true),
    )
    .add('GET', '/_sandbox/checkout/:id', ({ params }) => checkout(sandbox, params['id'] ?? ''))
    .add('POST', '/_sandbox/checkout/:id/pay', ({ params }) => {
      sandbox.succeedPayment(params['id'] ?? '');
      return checkout(sandbox, params['id'] ?? '');
    })
    .add('POST', '/_sandbox/checkout/:id/decline', ({ params }) => {
      sandbox.failPayment(params['id'] ?? '');
      return checkout(sandbox, params['id'] ?? '');
    });
}

function onboarding(sandbox: SandboxControls, token: string, isFinishing: boolean): Answer {
  const link = sandbox.providers.accounts.findUsableLink(token);
  if (!link) {
    const text =
      '<p>This link was used already or is older than five minutes. Ask the shop for a new one.</p>';
    return page(plainPage('Onboarding', text), 410);
  }
  const account = escapeHtml(link.accountId);
  if (!isFinishing) {
    const form = `<p>Seller account <code>${account}</code></p>
      <form method="post"><button>Finish onboarding</button></form>`;
    return page(plainPage('Onboarding', form));
  }
  sandbox.providers.accounts.finishOnboarding(link);
  const back =
    link.returnUrl === null ? '' : `<p><a href="${escapeHtml(link.returnUrl)}">Back to the shop</a></p>`;
  return page(plainPage('Onboarding', `<p>Account <code>${account}</code> can be paid now.</p>${back}`));
}

function checkout(sandbox: SandboxControls, id: string): Answer {
  const payment = sandbox.providers.payments.get(id);
  const path = `/_sandbox/checkout/${encodeURIComponent(id)}`;
  const back =
    payment.returnUrl === null
      ? ''
      : `<p><a href="${escapeHtml(payment.returnUrl)}">Back to the shop</a></p>`;
  const isOpen = ['requires_payment_method', 'requires_confirmation', 'processing'].includes(payment.status);
  const buttons = `<form method="post" action="${path}/pay"><button>Pay</button></form>
    <form method="post" action="${path}/decline"><button>Decline</button></form>`;
  const amount = `${String(payment.amountMinor)} ${escapeHtml(payment.currency)} (minor units)`;
  const body = `<p>${amount}, payment <code>${escapeHtml(id)}</code> is <b>${payment.status}</b></p>`;
  return page(plainPage('Checkout', `${body}${isOpen ? buttons : back}`));
}

function page(text: string, status = 200): Answer {
  return { ...html(text, status), headers: { 'content-security-policy': POLICY } };
}
