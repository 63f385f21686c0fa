import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Where the rate limiter finds which limit of its own a route has. */
export const ENDPOINT_LIMIT = 'veza:endpoint-limit';
/** Where the rate limiter finds that a route stands outside the per-IP limit. */
export const OUTSIDE_GLOBAL_LIMIT = 'veza:outside-global-limit';

/** The route has a limit of its own beside the global one; the limits are named in `rate-limit/limits.ts`. */
export const EndpointLimit = (name: string): CustomDecorator => SetMetadata(ENDPOINT_LIMIT, name);

/** Health, metrics, signed webhooks and internal callbacks stand outside the per-IP limit (design/decisions.md). */
export const OutsideGlobalLimit = (): CustomDecorator => SetMetadata(OUTSIDE_GLOBAL_LIMIT, true);
