/** Native ESM: babel-jest only strips the types; see the "test" script for the flag that Node needs. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/experiments', '<rootDir>/bench/scale'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      'babel-jest',
      {
        babelrc: false,
        configFile: false,
        presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true, allowDeclareFields: true }]],
      },
    ],
  },
  // All cores: Jest's own choice leaves one idle, and is a single worker where there are two.
  maxWorkers: '100%',
  testTimeout: 60_000,
};
