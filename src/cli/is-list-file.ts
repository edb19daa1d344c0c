/** Whether a target is a list to read: `@file` or `-` for standard input. */
export const isList = (text: string): boolean => text === '-' || text.startsWith('@');

/** Whether a list is standard input: `-`, or `@-` and `--list -` as users of other scanners write it. A file `-` is `./-`. */
export const isStandardInput = (text: string): boolean => text === '-' || text === '@-';
