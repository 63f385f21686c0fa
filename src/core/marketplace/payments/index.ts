export { PaymentBooks } from './payment-books.js';
export { PAYMENT_EXCEPTION_KINDS, type PaymentExceptionKind } from './payment-exception-kinds.js';
export { PaymentExceptions } from './payment-exceptions.service.js';
export type { ExceptionSubject, NewPaymentException } from './payment-exceptions.types.js';
export {
  PaymentProvider,
  type CreatePaymentRequest,
  type CreateRefundRequest,
  type ProviderPayment,
  type ProviderRefund,
} from './payment-provider.js';
export { PaymentsModule } from './payments.module.js';
export { PolledEvents, type PolledEvent } from './polled-events.service.js';
export type {
  EventOutcome,
  ProviderEvent,
  ProviderEventHandler,
  ProviderEventKind,
} from './provider-event.js';
export {
  ProviderAmbiguous,
  ProviderMisconfigured,
  ProviderRefusal,
  providerNotConfigured,
} from './provider.errors.js';
export { WebhookHandlers } from './webhook-handlers.js';
