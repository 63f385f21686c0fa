// The directions of design/architecture.md for the editor; .dependency-cruiser.cjs checks them on the whole graph.

/** Outermost first: an import may only go to the right. */
const LAYERS = ['app', 'legacy', 'core', 'infrastructure', 'common'];

/** A folder whose files are reached through its index.ts. */
const moduleOf = (type, pattern) => ({ type, pattern, partialMatch: false, capture: ['module'] });
/** Files that lie directly in a layer and compose it: main.ts, wing.ts. */
const composerOf = (type, pattern) => ({ type, pattern, mode: 'full' });

export const boundarySettings = {
  // Without the resolver an import that ends in .js is unknown to the plugin and passes.
  'import/resolver': { typescript: { alwaysTryTypes: true } },
  'boundaries/include': ['src/**/*.ts'],
  'boundaries/legacy-warnings': false,
  'boundaries/elements': [
    composerOf('app', 'src/*.ts'),
    composerOf('core-composer', 'src/core/*.ts'),
    composerOf('legacy-composer', 'src/legacy/*.ts'),
    moduleOf('core', 'src/core/marketplace/*'),
    moduleOf('core', 'src/core/*'),
    moduleOf('legacy', 'src/legacy/*'),
    moduleOf('infrastructure', 'src/infrastructure/*'),
    moduleOf('common', 'src/common/*'),
  ],
};

// infrastructure/http has a second door, `access`, for the decorators that every module needs.
const MODULES = ['legacy', 'core', 'infrastructure', 'common'];

const upward = LAYERS.flatMap((layer, depth) =>
  depth === 0
    ? []
    : [
        {
          from: { element: { type: layer } },
          disallow: { to: { element: { type: [...LAYERS.slice(0, depth), ...composersAbove(depth)] } } },
          message: `${layer} knows nothing of what lies above it: app → legacy → core → infrastructure → common.`,
        },
      ],
);

function composersAbove(depth) {
  return ['legacy', 'core']
    .filter((layer) => LAYERS.indexOf(layer) <= depth)
    .map((layer) => `${layer}-composer`);
}

export const boundaryRules = {
  'boundaries/no-unknown-files': 'error',
  'boundaries/dependencies': [
    'error',
    {
      default: 'allow',
      policies: [
        ...upward,
        {
          from: { element: { type: 'core-composer' } },
          disallow: { to: { element: { type: ['app', 'legacy', 'legacy-composer'] } } },
          message: 'The core wing compiles with src/legacy deleted.',
        },
        {
          disallow: { to: { element: { type: MODULES, fileInternalPath: '!{index.ts,access/index.ts}' } } },
          message:
            'A module is entered through its index.ts only: export it there, or ask whether you should need it.',
        },
      ],
    },
  ],
};
