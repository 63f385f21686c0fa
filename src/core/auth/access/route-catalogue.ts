import { Injectable, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import {
  ACCESS_METADATA,
  OWNERSHIP_METADATA,
  type OwnershipRule,
  type RouteAccess,
} from '../../../infrastructure/http/access/index.js';

/** One HTTP route of the running application. */
export interface RouteDescription {
  method: string;
  /** The full path, with Nest's `:parameters`. */
  path: string;
  /** What it demands; null for a route without any mark. */
  access: RouteAccess | null;
  /** Only the owner of the object, or an administrator. */
  isOwnerOnly: boolean;
  /** The class and the method that serve it. */
  controller: Type;
  handlerName: string;
  /** The module that declares the controller. */
  module: Type;
}

/** Lists the routes that Nest has registered, from the same metadata that the guard reads. */
@Injectable()
export class RouteCatalogue {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly application: ApplicationConfig,
  ) {}

  /** Every route, ordered by path and method. */
  list(): RouteDescription[] {
    const routes = [...this.modules.values()].flatMap(({ metatype, controllers }) =>
      [...controllers.values()].flatMap((controller) => this.routesOf(controller.metatype as Type, metatype)),
    );
    return routes.sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
  }

  private routesOf(controller: Type, module: Type): RouteDescription[] {
    const prototype = controller.prototype as Record<string, () => unknown>;
    return this.scanner.getAllMethodNames(prototype).flatMap((handlerName) => {
      const handler = prototype[handlerName];
      if (handler === undefined) return [];
      const method = this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
      if (method === undefined) return [];
      const targets = [handler, controller];
      return this.pathsOf(controller, handler, method).map((path) => ({
        method: RequestMethod[method],
        path,
        access: this.reflector.getAllAndOverride<RouteAccess | undefined>(ACCESS_METADATA, targets) ?? null,
        isOwnerOnly:
          this.reflector.getAllAndOverride<OwnershipRule | undefined>(OWNERSHIP_METADATA, targets) !==
          undefined,
        controller,
        handlerName,
        module,
      }));
    });
  }

  private pathsOf(controller: Type, handler: () => unknown, method: RequestMethod): string[] {
    const bases = toList(this.reflector.get<string | string[] | undefined>(PATH_METADATA, controller));
    const ends = toList(this.reflector.get<string | string[] | undefined>(PATH_METADATA, handler));
    return bases.flatMap((base) => ends.map((end) => this.withPrefix(join(base, end), method)));
  }

  private withPrefix(path: string, method: RequestMethod): string {
    const { exclude = [] } = this.application.getGlobalPrefixOptions();
    const isExcluded = exclude.some(
      (route) =>
        (route.requestMethod === RequestMethod.ALL || route.requestMethod === method) &&
        route.pathRegex.test(path),
    );
    return isExcluded ? path : join(this.application.getGlobalPrefix(), path);
  }
}

function toList(paths: string | string[] | undefined): string[] {
  return Array.isArray(paths) ? paths : [paths ?? ''];
}

function join(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
