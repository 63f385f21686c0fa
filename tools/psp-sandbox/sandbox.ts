import { ControlApi } from './control/control-api.js';
import { carryOut, type Outcome } from './faults/faulty-line.js';
import { Listener, type CallerWatch } from './http/listener.js';
import type { Call } from './http/wire.js';
import type { SandboxOptions } from './options.js';
import { SandboxControls } from './sandbox-controls.js';

/** The running payment sandbox: Hyperswitch and Stripe on one port, with books of their own. */
export class Sandbox extends SandboxControls {
  private readonly listener: Listener;

  constructor(options: SandboxOptions) {
    super(options);
    const control = new ControlApi(this);
    this.listener = new Listener(async (call, onCallerGone) => {
      const outcome: Outcome = control.owns(call)
        ? { kind: 'answer', answer: await control.handle(call) }
        : await this.handleProviderCall(call, onCallerGone);
      this.bookkeeping.save();
      return outcome;
    });
  }

  get hyperswitchUrl(): string {
    return this.url;
  }

  get stripeUrl(): string {
    return this.url;
  }

  /** @throws Error with code EADDRINUSE when the port is taken */
  async start(port: number): Promise<void> {
    this.url = `http://127.0.0.1:${String(await this.listener.listen(port))}`;
    this.webhooks.resume();
    this.providers.refunds.resume();
  }

  /** Stops at once: held calls lose their connection, open deliveries are given up. */
  async close(): Promise<void> {
    this.timers.close();
    this.bookkeeping.save();
    await this.listener.close();
  }

  private async handleProviderCall(call: Call, onCallerGone: CallerWatch): Promise<Outcome> {
    const query = call.query.toString();
    const target = query === '' ? call.path : `${call.path}?${query}`;
    const fault = this.faults.takeForCall(call.method, target, call.bodyText);
    const entry = this.log.add(call, fault?.fault ?? null);
    const outcome = await carryOut(call, fault, (one) => this.providers.handle(one), {
      holds: this.holdDesk,
      onCallerGone,
      wait: (durationMs) => this.timers.wait(durationMs),
      keepAnswer: (one, answer) => {
        this.providers.idempotency.keep(one, answer);
      },
    });
    if (outcome.kind !== 'drop') entry.status = outcome.answer.status;
    return outcome;
  }
}
