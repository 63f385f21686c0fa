export * from './antivirus.module.js';
export * from './virus-scanner.js';
