import { Reader } from '../../probes/codec/reader.ts';

const METHODS = ['u8', 'u16', 'u32', 'u16be', 'bytes', 'align'] as const;

/** Counts every read of every Reader until `restore`: the work of a decoder, on any machine. */
export const countSteps = (): { readonly take: () => number; readonly restore: () => void } => {
  let steps = 0;
  const originals = METHODS.map((method) => {
    const original = Object.getOwnPropertyDescriptor(Reader.prototype, method);
    if (!original) throw new Error(`Reader has no ${method}`);
    const counted = function (this: Reader, ...args: never[]): unknown {
      steps++;
      return original.value.apply(this, args);
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
