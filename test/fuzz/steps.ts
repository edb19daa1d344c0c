import { Reader } from '../../probes/codec/reader.ts';

const METHODS = ['u8', 'u16', 'u32', 'u16be', 'bytes', 'align'] as const;

/** Counts every read of every Reader until `restore`: the work of a decoder, on any machine. */
export const countSteps = (): { readonly take: () => number; readonly restore: () => void } => {
  let steps = 0;
  const originals = METHODS.map((method) => {
    const original = Object.getOwnPropertyDescriptor(Reader.prototype, method);
    if (!original) throw new Error(`Reader has no ${method}`);
    const read: (this: Reader, size?: number) => unknown = original.value;
    // Called millions of times, and without a list of arguments five times as fast; none takes more than one.
    const counted = function (this: Reader, size?: number): unknown {
      steps++;
      return read.call(this, size);
    };
    Object.defineProperty(Reader.prototype, method, { ...original, value: counted });
    return [method, original] as const;
  });
  return {
    take: () => {
      const taken = steps;
      steps = 0;
      return taken;
    },
    restore: () => {
      for (const [method, original] of originals) Object.defineProperty(Reader.prototype, method, original);
    },
  };
};
