import type { Call, Handler } from './wire.js';

interface Route {
  method: string;
  segments: string[];
  handler: Handler;
}

/** A match of method and path; `params` are the decoded named parts. */
export interface RouteMatch {
  handler: Handler;
  params: Record<string, string>;
}

/** Matches paths such as `/payments/:id/cancel`; the first route that was added wins. */
export class Router {
  private readonly routes: Route[] = [];

  add(method: string, path: string, handler: Handler): this {
    this.routes.push({ method, segments: path.split('/'), handler });
    return this;
  }

  find(call: Pick<Call, 'method' | 'path'>): RouteMatch | null {
    const parts = call.path.split('/');
    for (const route of this.routes) {
      if (route.method !== call.method || route.segments.length !== parts.length) continue;
      const params = paramsOf(route.segments, parts);
      if (params) return { handler: route.handler, params };
    }
    return null;
  }
}

function paramsOf(segments: string[], parts: string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    if (segment.startsWith(':') && part !== '') {
      params[segment.slice(1)] = decoded(part);
    } else if (segment !== part) {
      return null;
    }
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
