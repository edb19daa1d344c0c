import type { Format } from './format.ts';

/** The formats by the names that `--format` takes. Each is loaded when it is asked for: zod and tables cost start-up. */
export const formats = {
  table: async (): Promise<Format> => (await import('./table.ts')).renderTable,
  json: async (): Promise<Format> => (await import('./json.ts')).renderJson,
} as const;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as readonly FormatName[];
