const BLOCK = 512;

/** A file of an archive. */
export interface Entry {
  readonly path: string;
  readonly text: string;
}

/** An archive in the form of ustar (POSIX.1-1988), whose files are 0644, root's and of 1970: equal files give equal bytes. */
export function tar(entries: readonly Entry[]): Uint8Array {
  const blocks = entries.flatMap(({ path, text }) => {
    const data = new TextEncoder().encode(text);
    return [header(path, data.length), padded(data)];
  });
  const size = blocks.reduce((sum, { length }) => sum + length, 2 * BLOCK); // two empty ones end it
  const archive = new Uint8Array(size);
  let at = 0;
  for (const block of blocks) {
    archive.set(block, at);
    at += block.length;
  }
  return archive;
}

function padded(data: Uint8Array): Uint8Array {
  const block = new Uint8Array(Math.ceil(data.length / BLOCK) * BLOCK);
  block.set(data);
  return block;
}

function header(path: string, size: number): Uint8Array {
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  const before = `${path.padEnd(100, "\0")}${octal(0o644, 7)}${octal(0, 7)}${octal(0, 7)}${octal(size, 11)}${octal(0, 11)}`;
  const after = `0${"\0".repeat(100)}ustar\x0000`;
  const sum = [...before, ...after].reduce((so, letter) => so + letter.charCodeAt(0), 8 * 0x20); // its own field as blanks
  return padded(new TextEncoder().encode(`${before}${octal(sum, 6)} ${after}`));
}
