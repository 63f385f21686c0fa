import { stringify } from 'yaml';
import { buildApiDocument } from '../../src/infrastructure/http/index.js';
import { findProjectPlace } from '../../src/infrastructure/config/index.js';
import type { Artefact } from './artefact.js';
import { createPreviewApp } from './preview-app.js';

/** Objects with sorted keys where the order means nothing, so that a diff shows changes alone. */
async function renderDocument(): Promise<unknown> {
  const document = buildApiDocument(await createPreviewApp(), findProjectPlace().version);
  const paths = Object.fromEntries(Object.entries(document.paths).sort(([a], [b]) => (a < b ? -1 : 1)));
  // A round trip drops what is undefined, as the served document does.
  return JSON.parse(JSON.stringify({ ...document, paths }));
}

/** The OpenAPI document in both notations (09 C71). */
export const openApiArtefacts: readonly Artefact[] = [
  {
    path: 'docs/openapi.json',
    render: async () => `${JSON.stringify(await renderDocument(), null, 2)}\n`,
  },
  {
    path: 'openapi.yaml',
    render: async () => stringify(await renderDocument(), { aliasDuplicateObjects: false }),
  },
];
