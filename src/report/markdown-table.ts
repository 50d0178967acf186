/** A Markdown table; text of other people cannot become a cell, a link or HTML. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  const escaped = cells.map((cell) => cell.replace(/[\\|<>`*_[\]]/g, '\\$&').replace(/\s+/g, ' '));
  return `| ${escaped.join(' | ')} |`;
}
