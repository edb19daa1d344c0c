/** The message of whatever was thrown: that of an Error, else the value as text. Not cleaned and not shortened. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
