import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RouteCatalogue, type RouteDescription } from './route-catalogue.js';

/** Ends the start when a route does not say who may call it (architecture.md, "closed by default"). */
@Injectable()
export class ClosedByDefaultCheck implements OnApplicationBootstrap {
  constructor(private readonly routes: RouteCatalogue) {}

  onApplicationBootstrap(): void {
    assertAllMarked(this.routes.list());
  }
}

/** Throws with the names of the routes that carry no access mark. */
export function assertAllMarked(routes: readonly RouteDescription[]): void {
  const unmarked = routes.filter((route) => route.access === null && !route.isOwnerOnly);
  if (unmarked.length === 0) return;
  const names = unmarked.map(
    ({ method, path, controller, handlerName }) => `${method} ${path} (${controller.name}.${handlerName})`,
  );
  throw new Error(
    `Every route says who may call it, with @Public, @OptionalAuth, @RequirePermission, @RequireOwnershipOrAdmin or @InternalKey. These do not: ${names.join(', ')}`,
  );
}
