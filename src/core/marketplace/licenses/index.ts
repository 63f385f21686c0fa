export { LicenseEntity } from './license.entity.js';
export { verificationUrlOf } from './license-number.js';
export type { License, LicenseGrant } from './license.types.js';
export { alreadyOwned } from './licenses.errors.js';
export { LicensesModule } from './licenses.module.js';
export { LicensesService } from './licenses.service.js';
