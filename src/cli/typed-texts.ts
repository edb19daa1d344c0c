/** The values of an option that takes one, in the order typed: `--format json`, `--format=json`, `-o x`, `-ox`. */
export const typedTexts = (args: readonly string[], long: string, short?: string): string[] =>
  args.flatMap((word, place) => {
    if (word === long || word === short) return args[place + 1] ?? [];
    if (word.startsWith(`${long}=`)) return word.slice(long.length + 1);
    return short !== undefined && word.startsWith(short) ? word.slice(short.length) : [];
  });
