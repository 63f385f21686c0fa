import type { Artefact } from './artefact.js';
import { configurationDocArtefact } from './configuration-doc.js';
import { databaseDocArtefact } from './database-doc.js';
import { envFileArtefacts } from './env-files.js';
import { jobsDocArtefact } from './jobs-doc.js';
import { metricsDocArtefact } from './metrics-doc.js';
import { openApiArtefacts } from './openapi.js';
import { paymentExceptionsArtefacts } from './payment-exceptions-doc.js';
import { routesDocArtefact } from './routes-doc.js';

/** Every generated file of the repository; `npm run generate` writes them, a test compares them. */
export const artefacts: readonly Artefact[] = [
  ...envFileArtefacts,
  configurationDocArtefact,
  databaseDocArtefact,
  jobsDocArtefact,
  metricsDocArtefact,
  ...openApiArtefacts,
  ...paymentExceptionsArtefacts,
  routesDocArtefact,
];
