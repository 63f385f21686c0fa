import { Logger } from '@nestjs/common';
import { createApp } from './create-app.js';
import { awaitDatabase, migrateDatabase, readConfig, runProgram } from './start-up.js';

const logger = new Logger('Main');

/** One process of the product, in the role that PROCESS_ROLE names. */
runProgram(async () => {
  const config = readConfig();
  await (config.get('RUN_MIGRATIONS') ? migrateDatabase(config) : awaitDatabase(config));
  const app = await createApp(config);
  await app.listen(config.get('APP_PORT'), config.get('APP_HOST'));
  logger.log(`Version ${config.version} listens on ${await app.getUrl()} as ${config.get('PROCESS_ROLE')}`);
});
