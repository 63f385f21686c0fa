import Stripe from 'stripe';

const TOLERANCE_SECONDS = 300;

/** True when one of the platform's or Connect's secrets signed exactly these bytes lately (08 2.5). */
export function isSignedByStripe(
  rawBody: Buffer,
  signature: string | undefined,
  secrets: readonly string[],
): boolean {
  if (signature === undefined) return false;
  return secrets
    .filter((secret) => secret !== '')
    .some((secret) => {
      try {
        Stripe.webhooks.constructEvent(rawBody, signature, secret, TOLERANCE_SECONDS);
        return true;
      } catch (error) {
        if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
        // The signature is checked first; what fails after it is the JSON, which the inbox judges itself.
        if (error instanceof SyntaxError) return true;
        throw error;
      }
    });
}
