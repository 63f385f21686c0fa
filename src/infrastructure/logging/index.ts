export { Logger as AppLogger } from 'nestjs-pino';
export { createLogger, LoggingModule } from './logging.module.js';
export { redactFields, redactText } from './redact.js';
