// The parts that are used of packages without types.

declare module 'pdfkit' {
  interface Options {
    readonly size: readonly [number, number];
    readonly margin: number;
    readonly font: string;
    readonly lang: string;
    readonly info: Record<string, unknown>;
  }
  export default class PDFDocument {
    constructor(options: Options);
    on(event: 'data', listener: (piece: Buffer) => void): void;
    on(event: 'end', listener: () => void): void;
    scale(factor: number): void;
    end(): void;
  }
}

declare module 'svg-to-pdfkit' {
  interface Options {
    readonly width: number;
    readonly height: number;
    readonly assumePt: boolean;
    /** The file of a font. */
    readonly fontCallback: (family: string, bold: boolean) => string;
  }
  export default function SVGtoPDF(
    document: import('pdfkit').default,
    svg: string,
    x: number,
    y: number,
    options: Options,
  ): void;
}

declare module 'subset-font' {
  export default function subsetFont(
    font: Buffer,
    characters: string,
    options: { readonly targetFormat: 'woff2' },
  ): Promise<Buffer>;
}
