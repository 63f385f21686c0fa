import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** What of an operation is completed here: without a scheme it is open to everybody, and says so. */
interface Operation {
  security?: Record<string, string[]>[];
}

/** Builds the OpenAPI 3.1 document of the running application (09 C71). */
export function buildApiDocument(app: INestApplication, version: string): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Veza Backend API')
    .setDescription(
      'Accounts, tracks, playlists, marketplace with payments, refunds and payouts, chat and streams.',
    )
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurity('internal-key', { type: 'apiKey', in: 'header', name: 'X-Internal-API-Key' })
    .build();
  const document = SwaggerModule.createDocument(app, base, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  for (const operation of Object.values(document.paths).flatMap(
    (path) => Object.values(path) as Operation[],
  )) {
    operation.security ??= [];
  }
  return document;
}

/** Serves the document and the Swagger console from this process alone, without any outside asset (S0). */
export function serveApiDocument(app: INestApplication, version: string): void {
  SwaggerModule.setup('swagger', app, () => buildApiDocument(app, version), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Veza Backend API',
    swaggerOptions: { persistAuthorization: true, docExpansion: 'none', validatorUrl: null },
  });
}
