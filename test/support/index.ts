export * from './actors.js';
export * from './database.js';
export * from './skips.js';
export * from './test-app.js';
export * from './test-clock.js';
export * from './tracks.js';
export * from './wait-for.js';
