import type { DynamicModule, INestApplicationContext, Type } from '@nestjs/common';
import { ApplicationConfig, MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { RouteCatalogue, type RouteDescription } from './route-catalogue.js';

/** What `listRoutes` needs to know of a wing. */
export interface WingOfRoutes {
  name: string;
  modules: readonly (Type | DynamicModule)[];
}

/** A route with the wing that brings it; `infrastructure` for those of no wing. */
export interface ListedRoute extends RouteDescription {
  wing: string;
}

/** Every HTTP route of an application, booted or in Nest's preview mode, ordered by path and method. */
export function listRoutes(app: INestApplicationContext, wings: readonly WingOfRoutes[]): ListedRoute[] {
  const wingOf = new Map<Type, string>();
  for (const wing of wings) {
    for (const module of modulesOf(app, wing)) if (!wingOf.has(module)) wingOf.set(module, wing.name);
  }
  const catalogue = new RouteCatalogue(
    app.get(ModulesContainer),
    new MetadataScanner(),
    new Reflector(),
    app.get(ApplicationConfig),
  );
  return catalogue.list().map((route) => ({ ...route, wing: wingOf.get(route.module) ?? 'infrastructure' }));
}

/** The modules of a wing and, for a part with modules of its own, those that it imports. */
function modulesOf(app: INestApplicationContext, { modules }: WingOfRoutes): Set<Type> {
  const byType = new Map([...app.get(ModulesContainer).values()].map((module) => [module.metatype, module]));
  const found = new Set<Type>();
  const pending = modules.map((module) => ('module' in module ? module.module : module));
  for (let type = pending.pop(); type !== undefined; type = pending.pop()) {
    const module = byType.get(type);
    if (found.has(type) || module === undefined || module.isGlobal) continue;
    found.add(type);
    pending.push(...[...module.imports].map((imported) => imported.metatype));
  }
  return found;
}

/** `docs/routes.md`: what each route demands, as a table. */
export function renderRoutes(routes: readonly ListedRoute[]): string {
  const rows = routes.map(
    ({ method, path, wing, ...route }) => `| ${method} | \`${path}\` | ${demandOf(route)} | ${wing} |`,
  );
  return [
    '# Routes',
    '',
    'Generated from the running application by `npm run generate`; do not edit. Access is closed by default:',
    'a route without a mark ends the start. `owner` is the owner of the object or an administrator.',
    '',
    '| Method | Path | Access | Wing |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function demandOf({ access, isOwnerOnly }: Pick<RouteDescription, 'access' | 'isOwnerOnly'>): string {
  const words: Record<string, string> = { public: 'public', optional: 'optional', internal: 'internal key' };
  const demand = access?.kind === 'permission' ? access.permission : words[access?.kind ?? ''];
  return [demand, isOwnerOnly ? 'owner' : undefined].filter((word) => word !== undefined).join(', ');
}
