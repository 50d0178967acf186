import { boldFontFile, condensedFontFile, fontFile } from './font.ts';

/** Points per pixel: two pixels a point, as wide as a column of print. */
const pointsPerPixel = 0.5;

/** The SVG as PDF: lines and letters instead of pixels, the letters embedded and as text that can be searched. */
export async function toPdf(svg: string, title: string, subject: string): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const { default: SVGtoPDF } = await import('svg-to-pdfkit');
  const [width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(svg)!.slice(1).map(Number);
  const document = new PDFDocument({
    size: [width * pointsPerPixel, height * pointsPerPixel],
    margin: 0,
    font: fontFile,
    lang: 'en',
    // A fixed date: the same figure gives the same bytes.
    info: { Title: title, Subject: subject, Creator: 'fys-nn', CreationDate: new Date(0) },
  });
  const pieces: Buffer[] = [];
  document.on('data', (piece) => pieces.push(piece));
  const ended = new Promise<void>((resolve) => document.on('end', resolve));
  document.scale(pointsPerPixel);
  SVGtoPDF(document, svg, 0, 0, {
    width,
    height,
    assumePt: true,
    fontCallback: (family, bold) =>
      /Condensed/.test(family) ? condensedFontFile : bold ? boldFontFile : fontFile,
  });
  document.end();
  await ended;
  return Buffer.concat(pieces);
}
