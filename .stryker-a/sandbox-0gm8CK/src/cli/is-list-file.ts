/** Whether a target is a list to read: `@file` or `-` for standard input. */
export const isList = (text: string): boolean => text === '-' || text.startsWith('@');
