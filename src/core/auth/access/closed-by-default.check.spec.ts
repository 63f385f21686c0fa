import { assertAllMarked } from './closed-by-default.check.js';
import type { RouteDescription } from './route-catalogue.js';

class PaymentsController {
  list = (): void => undefined;
}
class PaymentsModule {
  name = 'payments';
}

const route = (part: Partial<RouteDescription>): RouteDescription => ({
  method: 'GET',
  path: '/api/v1/payments',
  access: null,
  isOwnerOnly: false,
  controller: PaymentsController,
  handlerName: 'list',
  module: PaymentsModule,
  ...part,
});

describe('assertAllMarked', () => {
  it('accepts routes that say who may call them', () => {
    const marked = [
      route({ access: { kind: 'public' } }),
      route({ access: { kind: 'permission', permission: 'orders.read' } }),
      route({ isOwnerOnly: true }),
    ];
    expect(() => assertAllMarked(marked)).not.toThrow();
  });

  it('names every route that does not', () => {
    const routes = [
      route({ access: { kind: 'optional' } }),
      route({}),
      route({ method: 'POST', handlerName: 'pay' }),
    ];
    expect(() => assertAllMarked(routes)).toThrow(
      /GET \/api\/v1\/payments \(PaymentsController\.list\), POST \/api\/v1\/payments \(PaymentsController\.pay\)$/,
    );
  });
});
