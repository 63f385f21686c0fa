import { createApp } from './create-app.js';
import { awaitDatabase, migrateDatabase, readConfig, runProgram } from './start-up.js';

/** One process of the product, in the role that PROCESS_ROLE names. */
runProgram(async () => {
  const config = readConfig();
  await (config.get('RUN_MIGRATIONS') ? migrateDatabase(config) : awaitDatabase(config));
  const app = await createApp(config);
  await app.listen(config.get('APP_PORT'), config.get('APP_HOST'));
});
