import { createHash, createHmac } from 'node:crypto';

/** Hyperswitch: lower-case hex of HMAC-SHA512 over the exact bytes (`X-Webhook-Signature-512`). */
export function hyperswitchSignature(body: string, secret: string): string {
  return createHmac('sha512', secret).update(body, 'utf8').digest('hex');
}

/** Stripe: `t=<seconds>,v1=<hex>` with HMAC-SHA256 over `<seconds>.<body>`. */
export function stripeSignature(body: string, secret: string, timestampSeconds: number): string {
  const signature = createHmac('sha256', secret)
    .update(`${String(timestampSeconds)}.${body}`, 'utf8')
    .digest('hex');
  return `t=${String(timestampSeconds)},v1=${signature}`;
}

/** Hyperswitch's event id: one per object and event type, so that an event is never born twice. */
export function hyperswitchEventId(objectId: string, eventType: string): string {
  return `evt_${createHash('sha256').update(`${objectId}_${eventType}`).digest('hex').slice(0, 32)}`;
}

/** The signature with its last hex digit changed. */
export function corrupted(signature: string): string {
  return signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0');
}
