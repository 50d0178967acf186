const own = { babelrc: false, configFile: false, plugins: ['./.ci/own-globals.cjs'] };
/** A package that looks at every character of every table. */
const widths = 'is-fullwidth-code-point/index\\.js$';

/** Native ESM: babel-jest strips the types, and makes globals fast; see the "test" script for the flag that Node needs. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/experiments', '<rootDir>/bench/scale'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      'babel-jest',
      {
        ...own,
        presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true, allowDeclareFields: true }]],
      },
    ],
    [widths]: ['babel-jest', own],
  },
  transformIgnorePatterns: [`/node_modules/(?!${widths})`],
  // All cores: Jest's own choice leaves one idle, and is a single worker where there are two.
  maxWorkers: '100%',
  // Modules of test files are never freed (https://github.com/jestjs/jest/issues/7874): a worker of a whole run ran out of memory.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};
