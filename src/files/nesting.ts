/** More levels than this are no file that a person has written; readers of nested text call themselves once for each. */
const mostLevels = 100;

/**
 * Whether a text may be nested so deeply, as YAML or JSON, that reading it could exhaust the stack. A regular expression that
 * is compiled there ends the process, which nothing can catch. It takes one pass, and brackets in strings count, too.
 */
export function isNestedDeeply(text: string): boolean {
  return bracketLevels(text) > mostLevels || blockLevels(text) > mostLevels;
}

function bracketLevels(text: string): number {
  let level = 0;
  let most = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    if (bracket === '[' || bracket === '{') level++;
    else level = Math.max(0, level - 1);
    most = Math.max(most, level);
  }
  return most;
}

/** Levels of indentation, and of indicators such as "- - ? " at the beginning of a line. */
function blockLevels(text: string): number {
  const indents: number[] = [];
  let most = 0;
  for (const line of text.split(/\r?\n|\r/)) {
    const [start] = /^[ \t]*(?:[-?:][ \t]+)*/.exec(line)!;
    if (start.length === line.length && start.trim() === '') continue;
    const indent = start.search(/[^ \t]|$/);
    while (indents.length > 0 && indents[indents.length - 1] >= indent) indents.pop();
    indents.push(indent);
    most = Math.max(most, indents.length + start.replace(/[ \t]/g, '').length);
  }
  return most;
}
