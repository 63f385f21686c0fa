import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const RESPONSE_MESSAGE = 'veza:response-message';
export const RAW_RESPONSE = 'veza:raw-response';
export const HANDLER_TIMEOUT = 'veza:handler-timeout';

/** The `message` of the success envelope; `OK` without it. */
export const ResponseMessage = (message: string): CustomDecorator => SetMetadata(RESPONSE_MESSAGE, message);

/** The answer is sent as it is: bytes, Prometheus text, the shapes of the health endpoints. */
export const RawResponse = (): CustomDecorator => SetMetadata(RAW_RESPONSE, true);

/** Lifts HANDLER_TIMEOUT for a route whose body takes long to arrive; idle timeouts guard it instead. */
export const WithoutHandlerTimeout = (): CustomDecorator => SetMetadata(HANDLER_TIMEOUT, false);
