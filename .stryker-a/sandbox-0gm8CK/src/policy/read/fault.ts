/** Thrown where a file is not what it says it is: one line, and the byte at which reading ended. */
export class PolicyFault extends Error {
  override readonly name = 'PolicyFault';
  readonly offset: number;
  constructor(text: string, offset: number) {
    super(text);
    this.offset = offset;
  }
}
