import { listRoutes, renderRoutes } from '../../src/core/auth/index.js';
import { wings } from '../../src/wings.js';
import type { Artefact } from './artefact.js';
import { createPreviewApp } from './preview-app.js';

/** `docs/routes.md`: every route with what it demands, read from the application itself. */
export const routesDocArtefact: Artefact = {
  path: 'docs/routes.md',
  async render() {
    return renderRoutes(listRoutes(await createPreviewApp(), wings));
  },
};
