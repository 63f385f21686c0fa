export * from './paginated.js';
