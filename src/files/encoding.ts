/** What to do about text in another encoding. */
export const asUtf8 =
  'save the file as UTF-8 (in Excel: "CSV UTF-8"; in an editor: save with the encoding UTF-8)';

/** Whether text is in UTF-16: it has its byte-order mark or, as Latin letters have there, a zero byte in its first two. */
export function isUtf16(bytes: Uint8Array): boolean {
  if (bytes.length < 2) return false;
  const [first, second] = bytes;
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isMarked || (first === 0) !== (second === 0);
}
