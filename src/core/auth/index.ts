export { PERMISSIONS, ROLE_PERMISSIONS, type Permission } from './access/role-permissions.js';
export { RolePermissions } from './access/role-permissions.service.js';
export { RouteCatalogue, type RouteDescription } from './access/route-catalogue.js';
export { type ListedRoute, type WingOfRoutes, listRoutes, renderRoutes } from './access/route-list.js';
export { AuthModule } from './auth.module.js';
export type { SignedIn } from './login.service.js';
export { type Registration, RegistrationService } from './registration.service.js';
export { SessionEntity } from './sessions/session.entity.js';
export { RefreshTokenEntity } from './tokens/refresh-token.entity.js';
