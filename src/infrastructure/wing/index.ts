export * from './wing.js';
