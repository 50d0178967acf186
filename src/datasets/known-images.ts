/** What is known of images whose files have one certain content. */
export interface KnownImages {
  readonly title: string;
  readonly source: string;
  readonly license: string;
  /** Whether they are handwritten digits, so that a digit drawn on the page is like one of them. */
  readonly digits: boolean;
  /** What the labels from 0 upwards stand for; absent where they are digits. */
  readonly classNames?: readonly string[];
}

/**
 * Images that are recognised whatever their folder is called and whether their files are compressed: by the SHA-256 of
 * the four unpacked files, as in `ImageDataset`.
 */
export const knownImages: Readonly<Record<string, KnownImages>> = {
  b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a: {
    title: 'MNIST',
    source: 'Y. LeCun, C. Cortes and C. J. C. Burges',
    license: 'commonly stated as CC BY-SA 3.0',
    digits: true,
  },
  '14410854cf7a289477dcfc7df3f8ec24741e281cdcc425ede0d9a748ca630214': {
    title: 'Fashion-MNIST',
    source: 'H. Xiao, K. Rasul and R. Vollgraf, Zalando SE',
    license: 'MIT',
    digits: false,
    classNames: [
      ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
      ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
    ],
  },
};

/** The digest of MNIST, the images of the report. */
export const mnistSha256 = Object.keys(knownImages).find((digest) => knownImages[digest].title === 'MNIST')!;
