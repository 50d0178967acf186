import { type Html, html, verbatim } from './html.ts';
import { styles } from './styles.ts';

/** An HTML document in one file, with the pages' style sheet. `policy` is its content security policy. */
export function pageDocument(title: string, policy: string, body: Html, ownStyles = ''): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${verbatim(styles)}${verbatim(ownStyles)}</style>
</head>
<body>
${body}
</body>
</html>
`.markup;
}
