import type { Format } from './format.ts';

/** The formats by the names that `--format` takes. Each is loaded when it is asked for: zod, tables and XML cost start-up. */
export const formats = {
  table: async (): Promise<Format> => (await import('./table.ts')).renderTable,
  json: async (): Promise<Format> => (await import('./json.ts')).renderJson,
  ndjson: async (): Promise<Format> => (await import('./ndjson.ts')).renderNdjson,
  csv: async (): Promise<Format> => (await import('./csv.ts')).renderCsv,
  'nmap-xml': async (): Promise<Format> => (await import('./nmap-xml.ts')).renderNmapXml,
  junit: async (): Promise<Format> => (await import('./junit.ts')).renderJunit,
  nagios: async (): Promise<Format> => (await import('./nagios.ts')).renderNagios,
  prometheus: async (): Promise<Format> => (await import('./prometheus.ts')).renderPrometheus,
  html: async (): Promise<Format> => (await import('./html.ts')).renderHtml,
} as const;

/** The name of a format of `--format`. */
export type FormatName = keyof typeof formats;

/** All formats, in the order in which help lists them. */
export const formatNames = Object.keys(formats) as readonly FormatName[];
