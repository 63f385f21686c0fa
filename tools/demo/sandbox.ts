import type { Books } from './answers.js';
import { insist, StoryStopped } from './story-stopped.js';

/** The payment sandbox, with the buttons of its pages. */
export class Sandbox {
  constructor(private readonly baseUrl: string) {}

  async getBooks(): Promise<Books> {
    return (await this.send('GET', '/_sandbox/books')).json() as Promise<Books>;
  }

  /** "Pay" on the page of the books. */
  async pay(paymentId: string): Promise<void> {
    await this.send('POST', `/_sandbox/payments/${paymentId}/succeed`);
  }

  /** "Refund succeeded" on the page of the books. */
  async succeedRefund(refundId: string): Promise<void> {
    await this.send('POST', `/_sandbox/refunds/${refundId}/succeed`);
  }

  /** Opens the seller's onboarding link and presses its only button. */
  async finishOnboarding(link: string): Promise<void> {
    const url = new URL(link);
    insist(
      url.origin === new URL(this.baseUrl).origin,
      `The onboarding link ${url.origin} does not belong to the sandbox at ${this.baseUrl}: is the server connected to another one?`,
    );
    const page = await (await this.send('GET', url.pathname)).text();
    insist(
      page.includes('Finish onboarding'),
      'The page behind the onboarding link has no button to finish.',
    );
    await this.send('POST', url.pathname);
  }

  private async send(method: string, path: string): Promise<Response> {
    const response = await fetch(`${this.baseUrl}${path}`, { method }).catch((error: unknown) => {
      throw new StoryStopped(`No payment sandbox answers at ${this.baseUrl}: "make run" starts one.`, {
        cause: error,
      });
    });
    if (response.ok) return response;
    throw new StoryStopped(
      `The sandbox refused ${method} ${path} with ${String(response.status)}: ${await response.text()}`,
    );
  }
}
