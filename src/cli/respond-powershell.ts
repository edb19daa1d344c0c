import type { RespondOptions } from './respond-options.ts';
export const powershellScript = (_options: RespondOptions): string => '';
