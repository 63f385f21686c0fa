import { migrateDatabase, readConfig, runProgram } from './start-up.js';

/** Migrates and ends: for a job that runs before servers with RUN_MIGRATIONS=false. */
runProgram(() => migrateDatabase(readConfig()));
