/** What a stream can show. */
export interface Screen {
  readonly color: boolean;
  readonly width: number;
}

/** What is not a terminal has no colours and is 80 columns wide, so that it can be read in one later. */
export function screenOf(stream: NodeJS.WriteStream): Screen {
  return { color: stream.isTTY && stream.hasColors(), width: stream.columns ?? 80 };
}
