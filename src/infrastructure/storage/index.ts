export * from './file-response.js';
export * from './signed-url-query.dto.js';
export * from './storage.js';
export * from './storage.module.js';
export * from './url-signer.js';
