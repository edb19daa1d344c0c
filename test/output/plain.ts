export const plain = (width: number) => ({ width, colour: false, verbose: false });
