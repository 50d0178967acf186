// A Babel plugin for the tests: a module reads the objects of the language, such as Math, from constants of its own.
//
// Jest runs tests in a context of node:vm, where every look at a global calls back into Node: loops over numbers took up to
// fifteen times as long as in the program. After a change here, run jest --clearCache.
const { runInNewContext } = require('node:vm');

// Those that can be constants; and a test may set the clock.
const excepted = ['eval', 'globalThis', 'undefined', 'console', 'Date'];
const language = runInNewContext('Object.getOwnPropertyNames(globalThis)').filter(
  (name) => !excepted.includes(name),
);

module.exports = ({ types }) => ({
  visitor: {
    Program: {
      exit(program) {
        // Without the types, which are removed by now.
        program.scope.crawl();
        const constants = language
          .filter((name) => program.scope.hasGlobal(name))
          .map((name) => [name, types.identifier('globalThis')])
          .map(([name, all]) =>
            types.variableDeclarator(
              types.identifier(name),
              types.memberExpression(all, types.identifier(name)),
            ),
          );
        if (constants.length > 0)
          program.unshiftContainer('body', types.variableDeclaration('const', constants));
      },
    },
  },
});
