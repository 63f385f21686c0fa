// The whole import graph against design/architecture.md ("Directions"). `npm run boundaries` runs it; every rule
// has a red fixture in test/architecture/fixtures.

const { join } = require('node:path');

/** A module: a folder directly under a layer; inside the marketplace each folder is one of its own. */
const MODULE = 'core/marketplace/[^/]+|(?:core|legacy|infrastructure|common)/[^/]+';
const INSIDE_A_MODULE = '^src/(?:core|legacy|infrastructure|common)/[^/]+/';
const DOOR = `^src/(?:${MODULE})/index\\.ts$`;
const ACCESS_DOOR = '^src/infrastructure/http/access/index\\.ts$';
const COMPOSER = '^src/(?:(?:core|legacy)/)?[^/]+\\.ts$';

const forbid = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid(
      'common-knows-nobody',
      'common/ is pure TypeScript at the bottom: it can be read, and tested, without anything above it.',
      { path: '^src/common/' },
      { path: '^src/(?!common/)' },
    ),
    forbid(
      'common-has-no-framework',
      'common/ holds money, errors and states: neither Nest nor TypeORM may shape them.',
      { path: '^src/common/' },
      { path: 'node_modules/(@nestjs|typeorm|@nestjs-cls)/' },
    ),
    forbid(
      'infrastructure-knows-no-business',
      'The ground floor serves any business: what it needs from above is registered with it.',
      { path: '^src/infrastructure/' },
      { path: '^src/(?:core|legacy)/|^src/[^/]+\\.ts$' },
    ),
    forbid(
      'core-compiles-without-legacy',
      'Deleting src/legacy must leave a tree that compiles: legacy uses core, never the other way round.',
      { path: '^src/core/' },
      { path: '^src/legacy/|^src/[^/]+\\.ts$' },
    ),
    forbid(
      'legacy-is-not-the-application',
      'The application composes the wings; a wing knows nothing of main.ts or app.module.ts.',
      { path: '^src/legacy/' },
      { path: '^src/[^/]+\\.ts$' },
    ),
    forbid(
      'modules-have-one-door',
      'Another module is entered through its index.ts; what is not exported there may change at any time.',
      { path: `^src/(${MODULE})/` },
      { path: INSIDE_A_MODULE, pathNot: ['^src/$1/', DOOR, ACCESS_DOOR] },
    ),
    forbid(
      'modules-use-no-composer',
      'wing.ts lists the modules; a module that read it would depend on all of them.',
      { path: INSIDE_A_MODULE },
      { path: '^src/(?:core|legacy)/[^/]+\\.ts$' },
    ),
    forbid(
      'composers-use-the-doors',
      'main.ts, the wings, tools and benchmarks see of a module what its index.ts shows.',
      { path: [COMPOSER, '^src/core/marketplace/[^/]+\\.ts$', '^(?:tools|bench)/'] },
      { path: INSIDE_A_MODULE, pathNot: [DOOR, ACCESS_DOOR, '^src/core/marketplace/[^/]+\\.ts$'] },
    ),
    forbid(
      'no-import-cycles',
      'Files that need each other cannot be understood, tested or loaded alone: emit an event or register a hook.',
      {},
      { circular: true },
    ),
    {
      ...forbid(
        'no-module-cycles',
        'Two modules that need each other are one module: emit an event or register a hook, even when no two files meet.',
        { path: `^src/(${MODULE})$` },
        { circular: true, pathNot: '^src/$1(/|$)' },
      ),
      scope: 'folder',
    },
    forbid(
      'only-repositories-touch-typeorm',
      'Rules live in services and SQL in repositories, so that either can be read without the other.',
      { path: '^src/', pathNot: ['\\.(repository|entity)\\.ts$', '^src/infrastructure/database/'] },
      { path: 'node_modules/(typeorm|@nestjs/typeorm)/' },
    ),
    forbid(
      'the-business-opens-no-connection',
      'A connection of its own knows nothing of the open transaction: repositories use Database.',
      { path: '^src/(?:core|legacy|common)/' },
      { path: 'node_modules/pg/' },
    ),
    forbid(
      'controllers-call-services',
      'controller → service → repository: a controller holds decorators, one call and one mapper.',
      { path: '\\.controller\\.ts$' },
      { path: '\\.repository\\.ts$' },
    ),
    forbid(
      'services-know-no-controller',
      'controller → service → repository, never back: HTTP is one of several callers of a rule.',
      { path: '\\.(service|repository)\\.ts$' },
      { path: '\\.controller\\.ts$' },
    ),
    forbid(
      'repositories-know-no-service',
      'A repository stores and finds; a rule that it needed would be applied twice.',
      { path: '\\.repository\\.ts$' },
      { path: '\\.service\\.ts$' },
    ),
    forbid(
      'the-ledger-knows-nobody',
      'The ledger posts what it is told: every other part of the marketplace stands on it.',
      { path: '^src/core/marketplace/ledger/' },
      { path: '^src/core/marketplace/(?!ledger/)' },
    ),
    forbid(
      'products-and-payments-know-no-orders',
      'Orders and refunds build on products, discounts and payments and register with them.',
      { path: '^src/core/marketplace/(?:products|discounts|payments)/' },
      { path: '^src/core/marketplace/(?:orders|refunds|payouts)/' },
    ),
    forbid(
      'orders-know-no-payouts',
      'A completed order announces itself in the outbox; payouts listens.',
      { path: '^src/core/marketplace/orders/' },
      { path: '^src/core/marketplace/(?:refunds|payouts)/' },
    ),
    forbid(
      'tracks-know-no-marketplace',
      'tracks publishes the TrackAccessRule hook and licenses registers its rule.',
      { path: '^src/core/tracks/' },
      { path: '^src/core/marketplace/' },
    ),
    forbid(
      'the-sandbox-shares-nothing',
      'The payment sandbox must be able to prove the product wrong: a shared module would share its mistakes.',
      { path: '^tools/psp-sandbox/' },
      { path: '^(?:src|migrations|bench)/|^tools/(?!psp-sandbox/)' },
    ),
    forbid(
      'the-product-needs-no-tools',
      'What serves production is in src: tools, tests and benchmarks use it.',
      { path: '^src/', pathNot: '\\.spec\\.ts$' },
      { path: '^(?:tools|test|bench)/' },
    ),
    forbid(
      'migrations-stand-alone',
      'A migration means the same for ever: code that it imported would change under it.',
      { path: '^migrations/' },
      { path: '^(?:src|tools|test)/' },
    ),
    forbid(
      'the-product-needs-no-dev-dependency',
      'The image is built without devDependencies: the import would fail there.',
      { path: '^src/', pathNot: '\\.spec\\.ts$' },
      { dependencyTypes: ['npm-dev'] },
    ),
    forbid(
      'imports-resolve',
      'An import that cannot be found would pass every other rule.',
      {},
      { couldNotResolve: true },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
    tsConfig: { fileName: join(__dirname, 'tsconfig.json') },
    // Imports of types count: a type from a forbidden place is knowledge of that place.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
