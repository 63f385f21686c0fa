export * from './access.decorators.js';
export * from './current-user.decorator.js';
export * from './ownership-resolver.js';
export * from './request-user.js';
